// What a figure does in the browser: show the HTML, tell what was picked by mouse or keyboard, show a tip.
export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".cg");
  const tip = parentElement.querySelector(".cg-tip");
  if (!host) return;
  host.style.setProperty("--cg-least", data.least);
  if (host.dataset.shown !== data.mark) {
    // The picture changes under the reader's hands: scroll position and focus stay where they were.
    const root = host.getRootNode();
    const focused = root.activeElement && host.contains(root.activeElement) ? root.activeElement.getAttribute("data-id") : null;
    const [left, top] = [host.scrollLeft, host.scrollTop];
    host.innerHTML = data.html;
    host.dataset.shown = data.mark;
    [host.scrollLeft, host.scrollTop] = [left, top];
    const again = focused && [...host.querySelectorAll("[data-id]")].find((e) => e.getAttribute("data-id") === focused);
    if (again) again.focus({ preventScroll: true });
  }
  const near = (event, name) => (event.target.closest ? event.target.closest(`[${name}]`) : null);
  const hide = () => tip.classList.remove("on");
  const pick = (event) => {
    const found = near(event, "data-id");
    if (!found) return false;
    hide();
    setTriggerValue("picked", found.getAttribute("data-id"));
    return true;
  };
  const show = (event) => {
    const found = near(event, "data-tip");
    if (!found || !found.getAttribute("data-tip")) return hide();
    tip.textContent = found.getAttribute("data-tip");
    tip.classList.add("on");
    const box = found.getBoundingClientRect();
    const [x, y] = [event.clientX || box.left, event.clientY || box.bottom];
    tip.style.left = `${Math.max(4, Math.min(x + 14, window.innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${y + 18 + tip.offsetHeight > window.innerHeight ? Math.max(4, y - tip.offsetHeight - 12) : y + 18}px`;
  };
  host.onclick = pick;
  host.onkeydown = (event) => {
    if (event.key === "Escape") hide();
    if ((event.key === "Enter" || event.key === " ") && pick(event)) event.preventDefault();
  };
  // A block wider than its place shows at its edge that there is more.
  const edge = () => host.classList.toggle("more", host.scrollLeft + host.clientWidth < host.scrollWidth - 1);
  host.onscroll = edge;
  host.watched = host.watched || new ResizeObserver(edge);
  host.watched.observe(host);
  edge();
  host.onmousemove = show;
  host.onfocusin = show;
  host.onmouseleave = hide;
  host.onfocusout = hide;
}
