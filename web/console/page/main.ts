import "../ui/elements";
import "./page.css";

import { createApp } from "vue";

import ConsoleApp from "../components/ConsoleApp.vue";
import { Desk, deskKey } from "../desk/desk";
import { createConsoleRouter } from "./router";

const desk = new Desk();
createApp(ConsoleApp).provide(deskKey, desk).use(createConsoleRouter()).mount("#app");
desk.start();

// After an update of the server a page that was open asks for parts that no longer exist.
window.addEventListener("vite:preloadError", () => location.reload());
