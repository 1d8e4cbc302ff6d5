/** The console's addresses, all behind `#`, so that the server has to know only the page. Each view is fetched when used. */
import { createRouter, createWebHashHistory, type Router } from "vue-router";

import HomeView from "../views/HomeView.vue";

export function createConsoleRouter(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: "/", component: HomeView },
      { path: "/queue/:id?", name: "queue", component: () => import("../views/QueueView.vue"), props: true },
      { path: "/tickets/:number?", name: "tickets", component: () => import("../views/TicketsView.vue"), props: true },
      { path: "/activities/:id?", name: "activities", component: () => import("../views/ActivitiesView.vue"), props: true },
      { path: "/slots", name: "slots", component: () => import("../views/SlotsView.vue") },
      { path: "/reports/:id?", name: "reports", component: () => import("../views/ReportsView.vue"), props: true },
      { path: "/account", name: "account", component: () => import("../views/AccountView.vue") },
      { path: "/:rest(.*)*", redirect: "/" },
    ],
  });
}
