import { Create, Datagrid, Edit, EmailField, List, SearchInput, SimpleForm, TextField, TextInput } from "react-admin";

export const AuthorList = () => (
  <List filters={[<SearchInput key="q" source="q" alwaysOn />]} sort={{ field: "name", order: "ASC" }}>
    <Datagrid>
      <TextField source="name" />
      <EmailField source="email" />
    </Datagrid>
  </List>
);

const form = (
  <SimpleForm>
    <TextInput source="name" />
    <TextInput source="email" />
  </SimpleForm>
);

export const AuthorCreate = () => <Create redirect="list">{form}</Create>;
export const AuthorEdit = () => <Edit mutationMode="pessimistic">{form}</Edit>;
