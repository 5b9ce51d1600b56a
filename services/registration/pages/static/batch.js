// Follows a batch while its page is open. Without this script a link does.
const place = document.querySelector("[data-progress]");

async function follow() {
  const answer = await fetch(place.dataset.progress).catch(() => null);
  if (answer?.ok) {
    const progress = await answer.json();
    place.querySelector("progress").value = progress.done;
    place.querySelector("[data-done]").textContent = progress.done;
    if (progress.state === "finished") return location.reload();
  }
  setTimeout(follow, 1000);
}

follow();
