import ExcelJS from "exceljs";
import type { FlowPeer, Network, NetworkExportQuery, NetworkPair } from "../contract/network.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getNetwork } from "./get-network.ts";

const WORDS = {
  en: {
    summary: "Summary",
    pairs: "Service pairs",
    zones: "Zones",
    teams: "Teams",
    days: "Days",
    prices: "Price rows",
    assumptions: "Assumptions",
    from: "First day",
    to: "Last day",
    timeZone: "Time zone of days",
    currency: "Currency",
    crossZone: "Bytes between zones",
    cost: "Cost of the window (list-price estimate)",
    runRate: "Run-rate per month (window ÷ measured hours × 730 h)",
    newest: "Newest whole day as a month (÷ measured hours × 730 h)",
    routable: "Of the run-rate: fixable by routing (same window, prices and rules as the simulator)",
    corrected: "Price rows changed on",
    costBefore: "Cost of the window before that change",
    fixes: "What would help",
    estimates: "Upper bounds",
    unpriced: "Bytes without a price (unknown zone, internet)",
    rest: "Pairs below the list",
    lines: [
      "Every figure is measured bytes × the price row in force that day; changing a row re-prices the past.",
      "The sender's team pays what leaves a zone, the receiver's what enters one.",
      "Traffic inside a zone is free. Unknown zones and the internet are counted and never priced.",
      "GB is 10⁹ bytes, GiB is 2³⁰; each price row names its unit.",
      "A flow that both ends report is counted once: as the sender's node saw it, else as the other end did, else halved.",
      "Today has begun only: days with fewer than 24 measured hours hold less.",
      "List prices before discounts; imported bill lines are in the columns that say billed.",
      "A month is 730 hours: cost of the window ÷ its measured hours × 730, cluster by cluster.",
      "Fixable by routing: the clients' zone has a ready endpoint and the Service's preference is not in force. Placement: no endpoint there, one in all, or no Service. The rest is not fixable, with its reason.",
      "A pair belongs to the Service behind whose endpoints one end stands; when both are behind one, the end that sends more is taken for the server.",
      "Upper bounds are estimates for clusters without a source that names zones: no figure of any other sheet holds them.",
    ],
  },
  zh: {
    summary: "摘要",
    pairs: "服务对",
    zones: "可用区",
    teams: "团队",
    days: "每日",
    prices: "价格条目",
    assumptions: "假设",
    from: "第一天",
    to: "最后一天",
    timeZone: "日期所用时区",
    currency: "货币",
    crossZone: "跨可用区字节数",
    cost: "窗口期费用（目录价估算）",
    runRate: "按月折算（窗口期 ÷ 已测小时 × 730 小时）",
    newest: "最近完整一天折算为月（÷ 已测小时 × 730 小时）",
    routable: "其中可通过路由消除（与模拟器同一窗口期、价格与规则）",
    corrected: "价格条目变更日期",
    costBefore: "变更前的窗口期费用",
    fixes: "改进办法",
    estimates: "上限估算",
    unpriced: "未定价字节（可用区未知、互联网）",
    rest: "列表以外的服务对",
    lines: [
      "每个数字都是实测字节 × 当日有效的价格条目；修改条目会重新计算历史费用。",
      "离开可用区的费用由发送方团队承担，进入的费用由接收方团队承担。",
      "可用区内流量免费。可用区未知和互联网流量计入字节但不定价。",
      "GB 为 10⁹ 字节，GiB 为 2³⁰ 字节；每个价格条目都注明单位。",
      "两端都上报的流量只计一次：以发送方节点为准，否则以另一端为准，再否则取一半。",
      "今天尚未结束：测量小时数不足 24 的日期数值偏小。",
      "折扣前的目录价；导入的账单在标明 billed 的列中。",
      "一个月为 730 小时：各集群窗口期费用 ÷ 已测小时 × 730。",
      "可通过路由消除：客户端所在区有就绪端点，而 Service 的偏好未生效。布局：该区没有端点、总共只有一个端点，或中间没有 Service。其余无法消除，并注明原因。",
      "一对流量归于其中一端所在的 Service；若两端都在 Service 之后，取发送更多的一端为服务端。",
      "上限估算仅用于没有可用区来源的集群，不计入其他任何工作表。",
    ],
  },
} as const;

type Cell = string | number | null;
type Sheet = { readonly name: string; readonly header: readonly string[]; readonly rows: readonly (readonly Cell[])[] };

/** The pairs as CSV, in base units; the last line is what the list leaves out, so that the column adds up. */
export async function getNetworkCsv(viewer: Viewer, query: NetworkExportQuery, now = new Date()): Promise<string> {
  const { header, rows } = pairSheet(
    await getNetwork(viewer, query, now),
    WORDS[query.language].pairs,
    WORDS[query.language].rest,
  );
  return `${[header, ...rows].map((row) => row.map(quote).join(",")).join("\r\n")}\r\n`;
}

/** The answer as a workbook: pairs, zones, teams, days, and on their own sheets the assumptions and the price rows. */
export async function getNetworkWorkbook(
  viewer: Viewer,
  query: NetworkExportQuery,
  now = new Date(),
): Promise<Uint8Array<ArrayBuffer>> {
  const network = await getNetwork(viewer, query, now);
  const book = new ExcelJS.Workbook();
  book.created = now;
  for (const sheet of sheetsOf(network, query.language)) {
    const page = book.addWorksheet(sheet.name, { views: [{ state: "frozen", ySplit: 1 }] });
    page.addRow([...sheet.header]).font = { bold: true };
    for (const row of sheet.rows) page.addRow(row.map(plain));
    page.columns.forEach((column, index) => {
      const widest = Math.max(...[sheet.header, ...sheet.rows].map((row) => String(row[index] ?? "").length));
      column.width = Math.min(100, Math.max(10, widest + 2));
    });
  }
  return new Uint8Array(await book.xlsx.writeBuffer());
}

function sheetsOf(network: Network, language: "en" | "zh"): Sheet[] {
  const words = WORDS[language];
  const { total } = network;
  const figure = (name: keyof Network["total"]): Cell =>
    total[name].state === "value" ? total[name].value : total[name].state;
  return [
    {
      name: words.summary,
      header: ["", ""],
      rows: [
        [words.from, network.fromDay],
        [words.to, network.toDay],
        [words.timeZone, network.timeZone],
        [words.currency, network.currency],
        [words.crossZone, figure("crossZoneBytes")],
        [words.cost, figure("cost")],
        [words.runRate, figure("costPerMonth")],
        [words.newest, figure("newestCostPerMonth")],
        [words.routable, figure("routingCostPerMonth")],
        [words.unpriced, figure("unpricedBytes")],
        ...(network.repriced === null
          ? []
          : [
              [words.corrected, network.repriced.at],
              [words.costBefore, network.repriced.costBefore],
            ]),
      ],
    },
    pairSheet(network, words.pairs, words.rest),
    {
      name: words.zones,
      header: ["cluster", "fromZone", "toZone", "scope", "bytes", `cost${network.currency}`],
      rows: network.matrix.map((cell) => [cell.cluster, cell.from, cell.to, cell.scope, cell.bytes, cell.cost]),
    },
    {
      name: words.fixes,
      header: ["kind", "reason", "bytes", `cost${network.currency}`],
      rows: network.fixes.map((fix) => [fix.kind, fix.reason, fix.bytes, fix.cost]),
    },
    {
      name: words.teams,
      header: ["team", "sentBytes", "receivedBytes", `cost${network.currency}`],
      rows: network.teams.map((row) => [row.team ?? "unowned", row.sentBytes, row.receivedBytes, row.cost]),
    },
    {
      name: words.days,
      header: [
        "day",
        "cluster",
        "measuredHours",
        "crossZoneBytes",
        `cost${network.currency}`,
        "billedBytes",
        "billedCost",
      ],
      rows: network.days.map((day) => [
        day.day,
        day.cluster,
        day.coveredHours,
        day.crossZoneBytes,
        day.cost,
        day.billedBytes,
        day.billedCost,
      ]),
    },
    ...(network.estimates.length === 0
      ? []
      : [
          {
            name: words.estimates,
            header: [
              "cluster",
              "state",
              "atMostBytesPerDay",
              "expectedBytesPerDay",
              `atMostCostPerMonth${network.currency}`,
              "podsMeasured",
              "pods",
            ],
            rows: network.estimates.map((row) => [
              row.cluster,
              row.state,
              row.highBytesPerDay,
              row.expectedBytesPerDay,
              row.highCostPerMonth,
              row.podCount,
              row.podCountAll,
            ]),
          },
        ]),
    { name: words.assumptions, header: [words.assumptions], rows: words.lines.map((line) => [line]) },
    {
      name: words.prices,
      header: [
        "id",
        "provider",
        "region",
        "key",
        "price",
        "currency",
        "per",
        "validFrom",
        "validTo",
        "origin",
        "source",
        "replaced",
      ],
      rows: network.prices.map((row) => [
        row.id,
        row.provider,
        row.region,
        row.key,
        row.price,
        row.currency,
        row.unit,
        row.validFrom,
        row.validTo,
        row.origin,
        row.source,
        row.superseded.map((old) => `${old.price} ${row.currency}/${old.unit} until ${old.at}`).join("; "),
      ]),
    },
  ];
}

function pairSheet(network: Network, name: string, rest: string): Sheet {
  const fixed = (pair: NetworkPair, kind: string) =>
    pair.fixes.filter((fix) => fix.kind === kind).reduce((sum, fix) => sum + fix.bytes, 0);
  const restRow: Cell[] = [
    "",
    rest,
    "",
    "",
    "",
    "",
    null,
    network.rest.crossZoneBytes,
    network.rest.cost,
    null,
    null,
    null,
    "",
  ];
  return {
    name,
    header: [
      "cluster",
      "source",
      "sourceTeam",
      "destination",
      "destinationTeam",
      "service",
      "bytes",
      "crossZoneBytes",
      `cost${network.currency}`,
      "fixableByRoutingBytes",
      "fixableByPlacementBytes",
      "notFixableBytes",
      "reasons",
    ],
    rows: [
      ...network.pairs.map((pair) => [
        pair.cluster,
        peerName(pair.source),
        pair.source.team ?? "unowned",
        peerName(pair.target),
        pair.target.team ?? "unowned",
        pair.service === null ? "" : `${pair.service.namespace}/${pair.service.name}`,
        pair.bytes,
        pair.crossZoneBytes,
        pair.cost,
        fixed(pair, "routing"),
        fixed(pair, "placement"),
        fixed(pair, "none"),
        pair.fixes.map((fix) => fix.reason).join(" "),
      ]),
      ...(network.rest.pairCount > 0 ? [restRow] : []),
    ],
  };
}

function peerName(peer: FlowPeer): string {
  return peer.name === "" ? "unknown" : `${peer.namespace}/${peer.kind}/${peer.name}`;
}

/** A text that a spreadsheet would run as a formula is kept a text. */
function plain(cell: Cell): Cell {
  return typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

function quote(cell: Cell): string {
  const text = String(plain(cell) ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
