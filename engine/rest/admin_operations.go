package rest

import (
	"slices"

	"github.com/sayrud/sayrud/engine/auth"
)

// row makes an operation of a function over its input and output.
func row[In, Out any](method, path, summary string, who access, fn func(*call, *In) (Out, error)) operation {
	shape, handle := typed(fn)
	return operation{method: method, path: path, summary: summary, access: who, shape: shape, handle: handle}
}

// made marks an operation that answers 201.
func made(op operation) operation {
	op.status = 201
	return op
}

// taking marks an operation that reads its body itself, as it comes.
func taking(mediaType string, op operation) operation {
	op.body = mediaType
	return op
}

// operations is the table of the admin API: it registers the routes, guards them, and prints the OpenAPI document.
func (s *Server) operations() []operation {
	anybody, signedIn := access{public: true}, access{}
	return append([]operation{
		row("GET", "/setup", "Whether the first administrator is still to be made", anybody, s.getSetup),
		row("POST", "/setup", "Make the first administrator with the secret of the setup link", anybody, s.postSetup),
		row("POST", "/login", "Sign in", anybody, s.login),
		row("POST", "/logout", "Sign out", signedIn, s.logout),
		row("GET", "/me", "Who asks", signedIn, s.me),
		row("POST", "/me/password", "Change one's password; all other sessions end", signedIn, s.changePassword),
		row("GET", "/me/sessions", "One's sessions", signedIn, s.sessions),
		row("DELETE", "/me/sessions/{session}", "End a session", signedIn, s.endSession),
		row("GET", "/info", "Versions and numbers of this server", signedIn, s.info),
		row("GET", "/check", "Whether the database and the store of files do what this server needs", access{role: auth.Owner, scope: auth.Admin}, s.check),
		row("GET", "/middlewares", "The middlewares and their settings", signedIn, s.middlewares),
		row("GET", "/functions", "The functions that expressions of generated fields may call", signedIn, s.functions),
	}, slices.Concat(s.peopleOperations(), s.projectOperations(), s.recordOperations(), s.viewOperations(), s.deliveryOperations(),
		s.trafficOperations(), s.overviewOperations(), s.mountOperations())...)
}

func (s *Server) peopleOperations() []operation {
	owner := access{role: auth.Owner, scope: auth.Admin}
	tokens := access{scope: auth.Admin} // each handler looks at the project's role
	return []operation{
		row("GET", "/administrators", "All administrators", owner, s.administrators),
		made(row("POST", "/administrators", "Make an administrator", owner, s.createAdministrator)),
		row("PATCH", "/administrators/{administrator}", "Change roles, or disable", owner, s.changeAdministrator),
		row("DELETE", "/administrators/{administrator}", "Delete an administrator", owner, s.deleteAdministrator),
		row("POST", "/administrators/{administrator}/password", "Set a new password; all sessions end", owner, s.resetPassword),
		row("GET", "/tokens", "The API tokens of projects one owns", tokens, s.tokens),
		made(row("POST", "/tokens", "Make an API token; its secret is shown once", tokens, s.createToken)),
		row("DELETE", "/tokens/{token}", "Revoke an API token", tokens, s.revokeToken),
		row("GET", "/audit", "The audit log, newest first", owner, s.auditLog),
		row("GET", "/projects/{project}/audit", "The audit log of a project, newest first", access{role: auth.Owner, scope: auth.Admin}, s.auditLog),
	}
}

func (s *Server) projectOperations() []operation {
	see, signedIn := access{role: auth.Viewer, scope: auth.SchemaScope}, access{scope: auth.SchemaScope}
	shape, routes := access{role: auth.Editor, scope: auth.SchemaScope}, access{role: auth.Editor, scope: auth.Endpoints}
	seeRoutes, owner := access{role: auth.Viewer, scope: auth.Endpoints}, access{role: auth.Owner, scope: auth.Admin}
	const project, table = "/projects/{project}", "/projects/{project}/tables/{table}"
	return []operation{
		row("GET", "/projects", "The projects one has a role in", signedIn, s.projects),
		made(row("POST", "/projects", "Make an empty project", access{role: auth.Owner, scope: auth.Admin}, s.createProject)),
		made(row("POST", "/samples/{sample}", "Make a sample's project with its records", access{role: auth.Owner, scope: auth.Admin}, s.createSample)),
		row("POST", "/apply", "Make what a project file names exactly as it is written there", signedIn, s.apply),
		row("GET", project, "A project with its definition", see, s.project),
		row("PATCH", project, "Change the settings of a project", shape, s.patchProject),
		row("DELETE", project, "Drop a project with everything in it", owner, s.dropProject),
		row("GET", project+"/events", "What changes there, as it happens", eventsAccess, s.events),
		row("GET", project+"/file", "The project file", see, s.exportProject),
		row("GET", project+"/secrets", "The settings that refer to secrets, and which have no value", see, s.secrets),
		row("GET", project+"/indexes", "The states of indexes, and notes about views", see, s.indexes),
		row("POST", project+"/indexes/{index}/retry", "Build a failed index again", shape, s.retryIndex),
		row("GET", project+"/dropped-fields", "Fields whose values are still there", see, s.droppedFields),
		row("GET", project+"/tables", "The tables", see, s.tables),
		made(row("POST", project+"/tables", "Make a table", shape, s.createTable)),
		row("GET", table, "A table", see, s.table),
		row("PATCH", table, "Change a table", shape, s.patchTable),
		row("PUT", table, "Replace a table's definition; fields with `was` are renamed", shape, s.putTable),
		row("DELETE", table, "Drop a table", shape, s.dropTable),
		made(row("POST", table+"/fields", "Add a field", shape, s.createField)),
		row("PUT", table+"/fields", "Put the fields in order", shape, s.orderFields),
		row("PATCH", table+"/fields/{field}", "Change or rename a field", shape, s.patchField),
		row("DELETE", table+"/fields/{field}", "Drop a field; its values stay until they are purged", shape, s.dropField),
		row("POST", table+"/fields/{field}/restore", "Bring a dropped field back", shape, s.restoreField),
		row("POST", table+"/fields/{field}/purge", "Remove the values of a dropped field for good", access{role: auth.Owner, scope: auth.SchemaScope}, s.purgeField),
		row("GET", project+"/endpoints", "The endpoints, those of crud among them", seeRoutes, s.endpoints),
		made(row("POST", project+"/endpoints", "Make an endpoint", routes, s.createEndpoint)),
		row("GET", project+"/endpoints/{endpoint}", "An endpoint", seeRoutes, s.endpoint),
		row("PUT", project+"/endpoints/{endpoint}", "Replace an endpoint", routes, s.putEndpoint),
		row("GET", project+"/endpoints/{endpoint}/versions", "The definitions that an endpoint has had, the present one first", seeRoutes, s.endpointVersions),
		row("DELETE", project+"/endpoints/{endpoint}", "Drop an endpoint", routes, s.dropEndpoint),
		row("POST", project+"/try/endpoint", "Run an endpoint that is not saved; what it writes is rolled back", routes, s.tryEndpoint),
		row("POST", table+"/try/expression", "Try a generated field's expression on five records", shape, s.tryExpression),
		row("POST", table+"/try/constraint", "Ask a constraint of given or random records", shape, s.tryConstraint),
		row("POST", table+"/try/rules", "Count the records that break the rules of a field", shape, s.tryRules),
		row("POST", table+"/try/filter", "Count what a filter matches", access{role: auth.Viewer, scope: auth.RecordsRead}, s.tryFilter),
	}
}

func (s *Server) recordOperations() []operation {
	read, write := access{role: auth.Viewer, scope: auth.RecordsRead}, access{role: auth.Editor, scope: auth.RecordsWrite}
	const table, records = "/projects/{project}/tables/{table}", "/projects/{project}/tables/{table}/records"
	return []operation{
		taking("application/octet-stream", row("POST", table+"/import", "Add the records of a CSV or NDJSON file, or try to", write, s.importRecords)),
		row("GET", table+"/export", "The records that a filter selects, as a CSV or NDJSON file", read, s.exportRecords),
		taking("application/octet-stream", row("POST", table+"/fields/{field}/files", "Store a file for a field; a record that names it by its hash holds it then", write, s.storeFile)),
		row("GET", "/projects/{project}/files", "The files that records hold, the latest first", read, s.files),
		row("GET", records, "Records, filtered, sorted, in pages", read, s.listRecords),
		made(row("POST", records, "Make a record", write, s.createRecord)),
		row("GET", "/projects/{project}/tables/{table}/count", "How many records match; without a filter an estimate may do", read, s.countRecords),
		row("POST", records+"/delete", "Delete records, all or none", write, s.deleteRecords),
		row("POST", records+"/batch", "Make, change and delete up to 1000 records, all or none", write, s.batchRecords),
		row("POST", records+"/restore", "Bring deleted records back under their uids, all or none", write, s.restoreRecords),
		row("GET", records+"/{uid}", "A record", read, s.getRecord),
		row("PATCH", records+"/{uid}", "Change fields of a record; If-Match makes a lost race 412", write, s.patchRecord),
		row("DELETE", records+"/{uid}", "Delete a record", write, s.deleteRecord),
		row("GET", records+"/{uid}/history", "What was done with a record through the admin API, newest first", access{role: auth.Editor, scope: auth.RecordsRead}, s.recordHistory),
	}
}
