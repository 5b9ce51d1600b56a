// Keeps the places on the page right while it is open. Without this script a reload does.
const source = document.querySelector("[data-live-counts]");

function words(pattern, count) {
  return pattern.replace("#", new Intl.NumberFormat(source.dataset.language).format(count));
}

function placesLeft(left) {
  if (left <= 0) return source.dataset.full;
  const one = new Intl.PluralRules(source.dataset.language).select(left) === "one";
  return words(one ? source.dataset.place : source.dataset.places, left);
}

function show(places, count) {
  if (count.capacity === null || count.capacity === 0) return;  // the page says all there is to say
  const left = count.capacity - count.registered;
  const bar = places.querySelector("progress");
  if (bar) Object.assign(bar, { max: count.capacity, value: count.registered });
  places.querySelector("[data-live=places]").textContent = placesLeft(left);
  const waiting = places.querySelector("[data-live=waiting]");
  if (waiting) {
    waiting.textContent = words(source.dataset.waiting, count.waiting);
    waiting.hidden = count.waiting === 0;
  }
  for (const marked of document.querySelectorAll(`[data-marks="${places.dataset.session}"]`)) {
    marked.classList.toggle("full", left <= 0);
  }
}

new EventSource(source.dataset.liveCounts).addEventListener("headcounts", (event) => {
  for (const count of JSON.parse(event.data).items) {
    for (const places of document.querySelectorAll(`[data-session="${count.session}"]`)) {
      show(places, count);
    }
  }
  document.dispatchEvent(new Event("headcounts"));
});
