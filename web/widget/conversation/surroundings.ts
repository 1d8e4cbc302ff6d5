/** What happens around the page: the network goes and comes, somebody looks at the page again. */

/** Call `network` when it changes and `looked` when the page is seen again; returns the way to stop. */
export function watchNetwork({ network, looked }: { network: (online: boolean) => void; looked: () => void }): () => void {
  const online = () => network(true);
  const offline = () => network(false);
  const visible = () => {
    if (document.visibilityState === "visible") looked();
  };
  window.addEventListener("online", online);
  window.addEventListener("offline", offline);
  document.addEventListener("visibilitychange", visible);
  return () => {
    window.removeEventListener("online", online);
    window.removeEventListener("offline", offline);
    document.removeEventListener("visibilitychange", visible);
  };
}
