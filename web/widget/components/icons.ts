/** The chat's line icons, one path each on a 24 × 24 grid. */
export const PATHS = {
  add: "M12 5v14M5 12h14",
  back: "M15 5l-7 7 7 7",
  card: "M6 3.5h8.5L19 8v12.5H6zM14 3.5V8.5h5M9 12.5h7M9 16h5",
  chevron: "M6 9l6 6 6-6",
  clear: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5",
  close: "M6 6l12 12M18 6L6 18",
  down: "M12 5v13M6 12.5l6 6 6-6",
  law: "M12 4v16M8 20h8M5 7.5l7-2 7 2M5 7.5L2.5 13.5a2.8 2.8 0 005 0zM19 7.5l-2.5 6a2.8 2.8 0 005 0z",
  place: "M4 20.5h16M6 20.5V9.5M18 20.5V9.5M3.5 9.5L12 4l8.5 5.5zM10 20.5v-7M14 20.5v-7",
  retry: "M19.5 12a7.5 7.5 0 11-2.3-5.4M19.5 3.5v4.3h-4.3",
  send: "M12 19.5V5M6 10.5l6-6 6 6",
  thumb: "M7.5 10.5v9h-3v-9zM7.5 18.5l2 1h6.6a2 2 0 002-1.6l1.2-5.5a1.6 1.6 0 00-1.6-1.9h-4.2l.6-3.6c.2-1.2-.7-2.4-1.9-2.4L7.5 10.5",
} as const;
