// An ordinary react-admin application. All that it knows of the server is the address that ra-data-simple-rest is given.
import { createRoot } from "react-dom/client";
import { Admin, Resource } from "react-admin";
import simpleRest from "ra-data-simple-rest";
import { AuthorCreate, AuthorEdit, AuthorList } from "./authors";
import { PostCreate, PostEdit, PostList, PostShow } from "./posts";
import { api } from "./server";

createRoot(document.getElementById("root")).render(
  <Admin title="Desk" dataProvider={simpleRest(api)} disableTelemetry>
    <Resource name="posts" list={PostList} show={PostShow} create={PostCreate} edit={PostEdit} recordRepresentation="title" />
    <Resource name="authors" list={AuthorList} create={AuthorCreate} edit={AuthorEdit} recordRepresentation="name" />
    <Resource name="comments" />
  </Admin>,
);
