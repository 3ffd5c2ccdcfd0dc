// The page of the virtual board: shows the states that come through the WebSocket, sends what a person does.
// sim/board/web.py is the other end.

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = [  // of the segments a … g; then the point
  "12,4 48,4 42,12 18,12", "52,8 52,46 47,50 44,44 44,15", "52,92 52,54 47,50 44,56 44,85", "12,96 48,96 42,88 18,88",
  "8,92 8,54 13,50 16,56 16,85", "8,8 8,46 13,50 16,44 16,15", "14,50 19,46 41,46 46,50 41,54 19,54",
];
const MEANINGS = {13: "ε", 14: "error", 15: "busy"};
const CLASS_LEDS = 13;
const KEPT = 200;
const RETRY = 1000;  // milliseconds

const find = (id) => document.getElementById(id);
let live;

function element(parent, name, attributes = {}, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  parent.append(made);
  return made;
}

function send(message) {
  if (live?.readyState === WebSocket.OPEN) live.send(JSON.stringify(message));
}

function buildDigit() {
  const digit = document.createElementNS(SVG, "svg");
  digit.setAttribute("viewBox", "0 0 66 100");
  digit.setAttribute("aria-hidden", "true");
  for (const points of SHAPES) {
    const segment = document.createElementNS(SVG, "polygon");
    segment.setAttribute("points", points);
    digit.append(segment);
  }
  const point = document.createElementNS(SVG, "circle");
  for (const [key, value] of [["cx", 60], ["cy", 92], ["r", 5]]) point.setAttribute(key, value);
  digit.append(point);
  for (const each of digit.children) each.setAttribute("class", "segment");
  find("display").append(digit);
  return digit;
}

const digits = Array.from({length: 8}, buildDigit);
const leds = [], meanings = [], switches = [];
for (let number = 15; number >= 0; number--) {
  const above = element(find("leds"), "div");
  meanings[number] = element(above, "span", {class: "meaning"}, MEANINGS[number] ?? "");
  leds[number] = element(above, "span", {class: "led", role: "img", id: `led-${number}`});
  element(above, "span", {"aria-hidden": "true"}, number);
  const below = element(find("switches"), "div");
  switches[number] = element(below, "button", {
    role: "switch", "aria-checked": "false", "aria-label": `switch ${number}`, id: `switch-${number}`,
  });
  switches[number].addEventListener("click", () => {
    send({switch: number, on: switches[number].getAttribute("aria-checked") !== "true"});
  });
}
const buttons = [...document.querySelectorAll("[data-button]")];
for (const button of buttons) button.addEventListener("click", () => send({press: button.dataset.button}));

function introduce({name, port, classes}) {
  find("name").textContent = `· ${name} on a virtual board`;
  find("port").textContent = find("command").textContent = port;
  classes.slice(0, CLASS_LEDS).forEach((each, number) => { meanings[number].textContent = each.slice(0, 10); });
}

function show({leds: lit, patterns, display, switches: set, pressed, frame, entries}) {
  find("monitor").hidden = !frame;
  if (frame && find("screen").dataset.frame !== String(frame)) {
    find("screen").dataset.frame = frame;
    find("screen").src = `screen.png?${frame}`;
  }
  digits.forEach((digit, place) => [...digit.children].forEach((segment, bit) => {
    segment.classList.toggle("on", Boolean(patterns[place] >> bit & 1));
  }));
  find("display").dataset.text = display;
  find("display").setAttribute("aria-label", `display: ${display}`);
  for (let number = 0; number < 16; number++) {
    const on = Boolean(lit >> number & 1), meaning = meanings[number].textContent;
    leds[number].dataset.on = on;
    leds[number].setAttribute("aria-label", `LED ${number}${meaning && ` (${meaning})`}: ${on ? "on" : "off"}`);
    switches[number].setAttribute("aria-checked", Boolean(set >> number & 1));
  }
  for (const button of buttons) button.classList.toggle("down", button.dataset.button === pressed);
  const log = find("entries"), atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  for (const {sender, kind, text} of entries) element(log, "li", {"data-sender": sender, "data-kind": kind}, text);
  while (log.children.length > KEPT) log.firstElementChild.remove();
  if (entries.length && atEnd) log.scrollTop = log.scrollHeight;
}

function connect() {
  live = new WebSocket(`ws://${location.host}/live`);
  const status = find("status");
  live.addEventListener("open", () => {
    find("entries").replaceChildren();  // all that is kept comes again
    status.textContent = "live";
    status.className = "live";
  });
  live.addEventListener("message", ({data}) => {
    const message = JSON.parse(data);
    if ("patterns" in message) show(message);
    else introduce(message);
  });
  live.addEventListener("close", () => {
    status.textContent = "the board is switched off; waiting for it …";
    status.className = "";
    setTimeout(connect, RETRY);
  });
}

connect();
