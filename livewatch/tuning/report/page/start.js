// Puts the page together from its data.

function start() {
  const data = JSON.parse(byId("data").textContent);
  for (const call of data.calls) callIds.add(call.id);
  showHead(data);
  showNotices(data);
  showSummary(data);
  showBefore(data);
  showCurve(data);
  let list = null;
  showPhrases(data, (number) => list.showPhrase(number));
  list = new CallList(data);
  const follow = () => {
    const named = /^#call=(.*)$/.exec(location.hash);
    if (named) list.find(decoded(named[1]));
  };
  window.addEventListener("hashchange", follow);
  window.addEventListener("beforeprint", () => {
    for (const build of [...waitingForPrint]) build();
    list.beforePrint();
  });
  window.addEventListener("afterprint", () => list.afterPrint());
  follow();
  document.documentElement.dataset.ready = "";
  performance.mark("ready");  // for benchmarks/report_open.py
}

start();
