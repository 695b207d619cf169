// Counts what visitors look at, and remembers them with a cookie for a year.
const VISITOR_COOKIE = "ll_visitor";

function visitorId() {
  const known = document.cookie.match(/ll_visitor=([^;]+)/);
  if (known) return known[1];
  const fresh = crypto.randomUUID();
  document.cookie = `${VISITOR_COOKIE}=${fresh}; max-age=31536000; SameSite=Lax`;
  return fresh;
}

export function trackPageView(product) {
  navigator.sendBeacon("/analytics/collect", JSON.stringify({
    visitorId: visitorId(),
    deviceId: localStorage.getItem("device_id"),
    userAgent: navigator.userAgent,
    screen: `${screen.width}x${screen.height}`,
    referrer: document.referrer,
    product,
  }));
}

// Shows other products to people who come back: see the marketing plan.
export function recommend(browsingHistory) {
  return fetch("/recommendations", {
    method: "POST",
    body: JSON.stringify({ visitorId: visitorId(), browsingHistory }),
  });
}
