// The page around the terminal: which tab it is, whether it may steer or only looks on, and what to do at the end.
"use strict";

const banner = document.getElementById("banner");
const frame = document.getElementById("frame");
const terminal = document.getElementById("terminal");
const again = document.getElementById("again");
const LOOK_MS = 2000;
const LEAST = { columns: 80, rows: 24 }; // what the studio needs, in characters of so many sizes of their font
const CHARACTER = { width: 0.61, height: 1.33 };
const FONT_PX = { least: 4, most: 16 };

// the same after this page was loaded again, and another in another tab
function tabName() {
  let name = sessionStorage.getItem("monoline-tab");
  if (!name) {
    name = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    sessionStorage.setItem("monoline-tab", name);
  }
  return name;
}

let studio = { role: "control", width: 0, height: 0 };
let ended = false;
let own = { width: 80, height: 24 }; // what the terminal has now, in cells

// A page that looks on shows all of the other's window: its terminal is made as large, and scaled to fit.
function fit() {
  if (studio.role === "control") {
    terminal.style.width = terminal.style.height = terminal.style.transform = "";
    return;
  }
  const screen = terminal.querySelector(".xterm-screen");
  const width = Math.ceil((screen.offsetWidth / own.width) * studio.width) + 2;
  const height = Math.ceil((screen.offsetHeight / own.height) * studio.height) + 2;
  const scale = Math.min(1, frame.clientWidth / width, frame.clientHeight / height);
  Object.assign(terminal.style, { width: `${width}px`, height: `${height}px`, transform: `scale(${scale})` });
}

function learn(news) {
  studio = news;
  const looksOn = news.role === "view";
  banner.hidden = !looksOn;
  banner.textContent = "Looking on. Another tab has this studio; close it to have it here.";
  document.title = looksOn ? "monoline (looking on)" : "monoline";
  document.body.classList.toggle("looks-on", looksOn);
  window.dispatchEvent(new Event("resize"));
}

function finish(words) {
  ended = true;
  document.getElementById("end-words").textContent = words;
  document.getElementById("end").hidden = false;
  document.title = "monoline (ended)";
  again.focus();
}

// The server may be back, or this computer awake: then the page finds the studio as it is now.
async function waitForServer() {
  try {
    await fetch("/alive");
    location.reload();
  } catch {
    setTimeout(waitForServer, LOOK_MS);
  }
}

const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  constructor(address) {
    super(address);
    const asked = new URL(address).searchParams;
    own = { width: Number(asked.get("width")), height: Number(asked.get("height")) };
    this.addEventListener("message", (event) => {
      if (typeof event.data !== "string") return;
      const [kind, what] = JSON.parse(event.data);
      if (kind === "studio") learn(what);
      if (kind === "ended") finish(["The studio was closed.", what.words].filter(Boolean).join("\n\n"));
    });
    this.addEventListener("close", () => {
      if (ended) return;
      finish("The connection to the studio was lost. What goes on there goes on; this page looks for it.");
      setTimeout(waitForServer, LOOK_MS);
    });
  }

  send(text) {
    if (this.readyState !== Plain.OPEN) return;
    const [kind, what] = JSON.parse(text);
    if (kind === "resize") own = what;
    if (studio.role === "control" || kind === "ping") super.send(text);
  }
};

window.addEventListener("resize", fit);
again.addEventListener("click", waitForServer);
terminal.dataset.sessionWebsocketUrl = `${location.origin.replace(/^http/, "ws")}/ws/${tabName()}`;

// on a small screen the characters are small, so that there is room for the studio
const roomFor = Math.min(window.innerWidth / LEAST.columns / CHARACTER.width, window.innerHeight / LEAST.rows / CHARACTER.height);
terminal.dataset.fontSize = Math.max(FONT_PX.least, Math.min(FONT_PX.most, Math.floor(roomFor)));

// the terminal measures its characters when it begins, so its fonts come first
Promise.all(["16px", "bold 16px", "italic 16px"].map((font) => document.fonts.load(`${font} "Roboto Mono"`, "a\u28ff"))).finally(() => {
  const script = document.createElement("script");
  script.src = "/static/js/textual.js";
  script.addEventListener("load", () => {
    window.onload(new Event("load"));
    window.addEventListener("focus", () => terminal.querySelector("textarea")?.focus());
    terminal.querySelector("textarea")?.focus();
  });
  document.head.append(script);
});
