// One box in the head of a table that ticks all its rows, and shows how many of them are.
for (const all of document.querySelectorAll("[data-tick-all]")) {
  const name = all.dataset.tickAll || "id";
  const boxes = [...all.closest("table").querySelectorAll(`tbody input[type=checkbox][name=${name}]`)];
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && !all.checked;
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  for (const box of boxes) box.addEventListener("change", show);
  show();
}
