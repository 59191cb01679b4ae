/** Where the project answers: ?api=… of the page, or the server of the README. */
export const api = new URLSearchParams(location.search).get("api") || "http://127.0.0.1:8090/api/desk";
