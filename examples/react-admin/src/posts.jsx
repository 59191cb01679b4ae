import { useState } from "react";
import {
  Button, Create, Datagrid, DateField, DeleteButton, Edit, List, NumberField, Pagination, ReferenceField, ReferenceInput, ReferenceManyField,
  SearchInput, SelectField, SelectInput, Show, SimpleForm, SimpleShowLayout, TextField, TextInput, useCreate, useNotify, useRecordContext, useRefresh,
} from "react-admin";
import { api } from "./server";

const statuses = ["draft", "open", "closed"].map((id) => ({ id, name: id }));

const filters = [
  <SearchInput key="q" source="q" alwaysOn />,
  <SelectInput key="status" source="status" choices={statuses} alwaysOn />,
  <ReferenceInput key="author" source="author_id" reference="authors" alwaysOn />,
];

/** Votes by an endpoint beside those of simple-rest. */
function LikeButton() {
  const record = useRecordContext();
  const refresh = useRefresh();
  const like = async (event) => {
    event.stopPropagation();
    await fetch(`${api}/posts/${record.id}/like`, { method: "POST" });
    refresh();
  };
  return <Button label="Like" onClick={like} />;
}

export const PostList = () => (
  <List filters={filters} perPage={5} sort={{ field: "created_at", order: "DESC" }} pagination={<Pagination rowsPerPageOptions={[5, 25]} />}>
    <Datagrid rowClick="show">
      <TextField source="title" />
      <SelectField source="status" choices={statuses} />
      <ReferenceField source="author_id" reference="authors" link={false} />
      <NumberField source="likes" />
      <DateField source="created_at" showTime />
      <LikeButton />
    </Datagrid>
  </List>
);

function Reply() {
  const post = useRecordContext();
  const [text, setText] = useState("");
  const [create, { isPending }] = useCreate();
  const refresh = useRefresh();
  const notify = useNotify();
  const send = (event) => {
    event.preventDefault();
    create("comments", { data: { post_id: post.id, text } }, {
      onSuccess: () => { setText(""); refresh(); },
      onError: (error) => notify(error.message, { type: "error" }),
    });
  };
  return (
    <form onSubmit={send} noValidate>
      <label>Your reply <input value={text} onChange={(event) => setText(event.target.value)} /></label>{" "}
      <button disabled={isPending}>Reply</button>
    </form>
  );
}

export const PostShow = () => (
  <Show>
    <SimpleShowLayout>
      <TextField source="title" />
      <TextField source="body" />
      <ReferenceField source="author_id" reference="authors" link={false} />
      <NumberField source="likes" />
      <LikeButton />
      <ReferenceManyField label="Replies" reference="comments" target="post_id" sort={{ field: "created_at", order: "ASC" }} pagination={<Pagination />}>
        <Datagrid bulkActionButtons={false} rowClick={false}>
          <TextField source="text" />
          <DateField source="created_at" showTime />
          <DeleteButton mutationMode="pessimistic" redirect={false} />
        </Datagrid>
      </ReferenceManyField>
      <Reply />
    </SimpleShowLayout>
  </Show>
);

const form = (
  <SimpleForm>
    <TextInput source="title" />
    <TextInput source="body" multiline rows={4} />
    <SelectInput source="status" choices={statuses} />
    <ReferenceInput source="author_id" reference="authors" />
  </SimpleForm>
);

export const PostCreate = () => <Create redirect="list">{form}</Create>;
export const PostEdit = () => <Edit mutationMode="pessimistic">{form}</Edit>;
