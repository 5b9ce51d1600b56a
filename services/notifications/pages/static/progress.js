// While emails go out, their counts are looked at again every few seconds.
async function look() {
  const page = await fetch(location.href).then((answer) => (answer.ok ? answer.text() : ""), () => "");
  const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("#progress");
  const old = document.querySelector("#progress");
  if (fresh) old.replaceWith(fresh);
  if (document.querySelector("#progress").dataset.goesOn) setTimeout(look, 3000);
}
setTimeout(look, 2000);
