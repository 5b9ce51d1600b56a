// A phone opens an address in its own maps; Apple's take another link than the rest.
const link = document.querySelector(".own-map");
if (link && /iPhone|iPad|Macintosh/u.test(navigator.userAgent)) link.href = link.dataset.apple;
