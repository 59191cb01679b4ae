// An ordinary DataTable in server-side mode, with a form below it. ?method=POST sends its requests as forms.
(() => {
  "use strict";

  const given = new URLSearchParams(location.search);
  const api = given.get("api") || "http://127.0.0.1:8090/api/guestbook";
  const text = DataTable.render.text(); // what readers wrote is text, never markup

  const table = new DataTable("#messages", {
    serverSide: true,
    ajax: { url: `${api}/rows`, type: given.get("method") || "GET" },
    pageLength: 5,
    lengthMenu: [5, 25, -1],
    order: [[4, "desc"]],
    columns: [
      { data: "nick", name: "nick", render: text },
      { data: "text", name: "text", render: text },
      { data: "answers", name: "answers", render: text },
      { data: "votes", name: "votes" },
      { data: "created_at", name: "created_at", render: (at) => new Date(at).toLocaleString() },
      { data: null, orderable: false, defaultContent: '<button class="vote">Vote</button> <button class="reply">Reply</button>' },
    ],
  });

  const form = document.querySelector("form");
  const problem = document.querySelector("[role=alert]");
  const answering = document.getElementById("answering");

  document.querySelector("#messages tbody").addEventListener("click", async (event) => {
    const row = table.row(event.target.closest("tr"));
    if (event.target.matches(".vote")) {
      await fetch(`${api}/messages/${row.id()}/vote`, { method: "POST" });
      table.draw("page");
    }
    if (event.target.matches(".reply")) {
      form.elements.answers.value = row.id();
      answering.textContent = `to ${row.data().nick}`;
      form.elements.nick.focus();
    }
  });

  document.querySelector("tfoot input").addEventListener("input", (event) => table.column(0).search(event.target.value).draw());

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const response = await fetch(`${api}/messages`, { method: "POST", body: new FormData(form) });
    problem.textContent = response.ok ? "" : (await response.json()).error;
    if (!response.ok) return;
    form.reset();
    form.elements.answers.value = answering.textContent = "";
    table.draw();
  });
})();
