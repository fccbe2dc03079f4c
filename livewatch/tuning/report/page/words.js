// Figures and names in words.

const LEVELS = ["none", "caution", "danger"];

const OUTCOMES = {
  "missed": "missed",
  "false-danger": "false danger",
  "only-caution": "only caution",
  "false-caution": "false caution",
  "caught": "caught",
  "quiet": "quiet",
  "uncounted": "not counted",
};

const CHANGES = {
  worse: "worse", better: "better", time: "other time", hits: "other phrases", new: "new call", same: "unchanged",
};

const WRONG = ["missed", "false-danger", "only-caution", "false-caution"];

const HOW = { exact: "as listed", sound: "by sound", near: "nearly" };

const SIDES = { caller: "caller", me: "me", any: "" };

/** Headings for keys of the figures; a key that is not here reads as it is written. */
const HEADINGS = {
  "set": "Set",
  "label": "Calls",
  "level": "Level",
  "calls": "By call",
  "campaigns.mean": "By campaign, mean",
  "campaigns.all": "Campaigns, all calls",
  "campaigns.any": "Campaigns, any call",
  "caution_or_more": "Caution or more",
  "first_alert": "First alert",
  "to_level": "To the level",
  "per_hour": "Per hour",
  "phrase": "Phrase",
  "category": "Category",
  "hits": "Hits",
  "scam_calls": "Scam calls",
  "caution_calls": "Caution calls",
  "ordinary_calls": "Ordinary calls",
  "ordinary_hits_per_hour": "Hits per ordinary hour",
  "only_this_caught": "Only this caught",
  "cost_an_hour.caution": "Cost an hour, caution",
  "cost_an_hour.danger": "Cost an hour, danger",
};

function heading(key, names) {
  const known = (names && names[key]) || HEADINGS[key];
  if (known) return known;
  const words = key.replace(/[._]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function whole(number) {
  return number.toLocaleString("en-GB");
}

/** A number with at most `digits` decimals, grouped. */
function plainNumber(number, digits) {
  return number.toLocaleString("en-GB", { maximumFractionDigits: digits === undefined ? 2 : digits });
}

function hoursText(hours) {
  return plainNumber(hours, hours < 1 ? 3 : 1);
}

function lengthText(hours) {
  return hours < 1 ? plainNumber(hours * 60, 1) + " minutes" : plainNumber(hours, 1) + " hours";
}

function percent(share) {
  return share === null ? "–" : (100 * share).toFixed(1) + " %";
}

/** A rate with as many digits as tell it from its neighbours. */
function rateText(rate) {
  if (rate === null) return "∞";
  if (rate === 0) return "0";
  return rate < 0.1 ? rate.toPrecision(2) : rate.toFixed(2);
}

function secondsText(seconds) {
  return seconds === null ? "never" : seconds.toFixed(1) + " s";
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const rest = two(Math.floor(whole / 60) % 60) + ":" + two(whole % 60);
  return hours ? hours + ":" + rest : rest;
}

function signed(number) {
  return (number < 0 ? "−" : "+") + Math.abs(number).toFixed(1);
}

function badge(kind, text) {
  return el("span", { class: "badge " + kind }, text);
}

function outcomeBadge(outcome) {
  return badge(outcome, OUTCOMES[outcome] || outcome);
}

function levelText(level) {
  return el("span", { class: level }, level);
}
