// Keeps the figures right while the board is open. Without this script a reload does.
const board = document.querySelector("[data-board]");
const format = new Intl.NumberFormat(board.dataset.language);

function put(selector, count) {
  for (const element of document.querySelectorAll(selector)) {
    const value = count[element.dataset.count];
    const text = value === undefined ? element.textContent : format.format(value);
    if (text === element.textContent) continue;
    element.textContent = text;
    element.classList.remove("changed");
    void element.offsetWidth; // restarts the animation
    element.classList.add("changed");
  }
}

new EventSource(board.dataset.board).addEventListener("headcounts", (event) => {
  const counts = JSON.parse(event.data);
  put("[data-count]:not([data-of])", counts.conference);
  for (const count of counts.items) {
    put(`[data-of="${count.session}"]`, count);
    if (count.capacity === null) continue;
    const full = count.registered >= count.capacity;
    document.querySelector(`[data-marks="${count.session}"]`)?.classList.toggle("full", full);
    const progress = document.querySelector(`[data-progress="${count.session}"]`);
    if (progress) Object.assign(progress, { max: count.capacity, value: count.registered });
  }
});
