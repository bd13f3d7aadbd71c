import type { Cost, CostExportQuery, CostRow } from "../contract/cost.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getCost } from "./get-cost.ts";

type Language = CostExportQuery["language"];
type Word = Readonly<Record<Language, string>>;
type Column = {
  readonly header: Word;
  readonly value: (row: CostRow) => string | number | null;
  readonly isMoney: boolean;
};

const HOLDERS: Readonly<Record<CostRow["holder"], Word>> = {
  team: { en: "", zh: "" },
  unowned: { en: "unowned", zh: "无归属" },
  unlabelled: { en: "without this label", zh: "无此标签" },
  unallocated: { en: "unallocated", zh: "未分配" },
  overhead: { en: "overhead", zh: "系统开销" },
  rest: { en: "all others", zh: "其余各项" },
};

function columnsOf(answer: Cost, language: Language): Column[] {
  const text = (header: Word, value: (row: CostRow) => string | null): Column => ({ header, value, isMoney: false });
  const money = (header: Word, value: (row: CostRow) => number): Column => ({ header, value, isMoney: true });
  const named = text({ en: "Team", zh: "团队" }, (row) => row.team ?? HOLDERS[row.holder][language]);
  const cluster = text({ en: "Cluster", zh: "集群" }, (row) => row.cluster);
  const namespace = text({ en: "Namespace", zh: "命名空间" }, (row) => row.namespace);
  const groups: Readonly<Record<Cost["groupBy"], readonly Column[]>> = {
    team: [named],
    cluster: [cluster],
    namespace: [cluster, namespace, named],
    workload: [
      cluster,
      namespace,
      text({ en: "Kind", zh: "类型" }, (row) => row.kind),
      text({ en: "Workload", zh: "工作负载" }, (row) => row.name),
      named,
    ],
    label: [
      text(
        { en: answer.label ?? "Label", zh: answer.label ?? "标签" },
        (row) => row.label ?? HOLDERS[row.holder][language],
      ),
    ],
    pool: [cluster, text({ en: "Pool", zh: "节点池" }, (row) => row.pool)],
    resource: [text({ en: "Resource", zh: "资源" }, (row) => row.resource)],
  };
  return [
    ...groups[answer.groupBy],
    money({ en: "Used", zh: "已使用" }, (row) => row.used),
    money({ en: "Requested, unused", zh: "已请求未使用" }, (row) => row.requestedUnused),
    money({ en: "Requested, use not measured", zh: "已请求，使用未测量" }, (row) => row.requestedUnmeasured),
    money({ en: "Unallocated", zh: "未分配" }, (row) => row.unallocated),
    money({ en: "Overhead", zh: "系统开销" }, (row) => row.overhead),
    money({ en: "Shared, spread", zh: "分摊" }, (row) => row.shared),
    money({ en: "Cost", zh: "成本" }, (row) => row.cost),
    {
      header: { en: "Node hours without a price", zh: "无价格的节点小时" },
      value: (row) => row.unpricedNodeHours,
      isMoney: false,
    },
  ];
}

const DAY_STATES: Readonly<Record<Cost["daily"]["states"][number], Word>> = {
  complete: { en: "complete", zh: "完整" },
  running: { en: "running", zh: "进行中" },
  partial: { en: "partly recorded", zh: "部分记录" },
  missing: { en: "not recorded", zh: "无记录" },
};
const TOTAL: Word = { en: "Total", zh: "合计" };

/** Assumptions that a reader of the file needs, in rows of label and value. */
function assumptionsOf(answer: Cost, language: Language): [string, string | number][] {
  const say = (en: string, zh: string) => (language === "zh" ? zh : en);
  const { range } = answer;
  const rules = {
    none: say("shared cost is shown as its own rows", "共享成本单独列出"),
    even: say(
      "shared cost of a cluster is spread evenly over those who hold something in it",
      "集群的共享成本由其持有者平均分摊",
    ),
    proportional: say("shared cost of a cluster is spread by what each holds in it", "集群的共享成本按各自持有量分摊"),
  };
  return [
    [say("Period", "期间"), `${range.from} – ${range.to}`],
    [say("Time zone of days and months", "日与月的时区"), answer.timeZone],
    [say("Currency", "货币"), answer.currency],
    [say("Prices", "价格"), say("list-price estimate, not a bill", "目录价估算，并非账单")],
    [
      say("Charged", "计费基础"),
      say("nodes: the larger of request and use, per node and hour", "节点：按节点与小时，取请求与使用中的较大者"),
    ],
    [
      say("Volumes", "卷"),
      say("provisioned GiB × price of the class, by the hours of the month", "置备 GiB × 类别单价，按当月小时折算"),
    ],
    [
      say("Network", "网络"),
      say("bytes between zones or regions × price, at both ends", "跨可用区或地域的字节 × 单价，两端计费"),
    ],
    [say("Shared cost", "共享成本"), rules[answer.shared]],
    [say("Hours recorded, of expected", "已记录小时 / 应有小时"), `${range.recordedHours} / ${range.expectedHours}`],
    [say("Complete days", "完整日"), range.completeDays],
    [say("Days that are estimates", "估算的天数"), range.estimatedDays],
    [
      say("An estimated day", "估算日"),
      say("measured use of that day, requests and placement of today", "当日实测使用量，配以今日的请求与放置"),
    ],
    [say("Made at", "生成时间"), answer.at],
  ];
}

/** What a spreadsheet would read as a formula is written as text. */
function safeText(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = safeText(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The table of the page as CSV with a total line. */
export async function getCostCsv(viewer: Viewer, query: CostExportQuery, now = new Date()): Promise<string> {
  const answer = await getCost(viewer, query, now);
  const columns = columnsOf(answer, query.language);
  const header = columns.map((column) =>
    csvCell(column.isMoney ? `${column.header[query.language]} (${answer.currency})` : column.header[query.language]),
  );
  const lines = [
    header,
    ...answer.rows.map((row) => columns.map(({ value }) => csvCell(value(row)))),
    columns.map((column, index) => (index === 0 ? TOTAL[query.language] : csvCell(totalOf(column, answer)))),
  ];
  // The mark makes spreadsheets read Chinese names as UTF-8.
  return `\uFEFF${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}

function totalOf(column: Column, answer: Cost): number | null {
  const values = answer.rows.map((row) => column.value(row));
  if (values.some((value) => typeof value !== "number")) return null;
  return Math.round(values.reduce<number>((sum, value) => sum + Number(value) * 100, 0)) / 100;
}

/** The same as a workbook: costs, days, assumptions and the price rows, each on a sheet. */
export async function getCostWorkbook(
  viewer: Viewer,
  query: CostExportQuery,
  now = new Date(),
): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await getCost(viewer, query, now);
  const { language } = query;
  const say = (en: string, zh: string) => (language === "zh" ? zh : en);
  const { default: excel } = await import("exceljs");
  const book = new excel.Workbook();
  book.created = now;
  const moneyFormat = `#,##0.00 "${answer.currency}"`;
  const headerFill = { type: "pattern", pattern: "solid", fgColor: { argb: "FFE8EEF4" } } as const;
  const open = (name: string, headers: readonly string[], widths: readonly number[]) => {
    const sheet = book.addWorksheet(name, { views: [{ state: "frozen", ySplit: 1 }] });
    const header = sheet.addRow([...headers]);
    header.font = { bold: true };
    header.fill = headerFill;
    widths.forEach((width, index) => {
      sheet.getColumn(index + 1).width = width;
    });
    return sheet;
  };
  const columns = columnsOf(answer, language);
  const costs = open(
    say("Costs", "成本"),
    columns.map((column) => column.header[language]),
    columns.map((column) => (column.isMoney ? 18 : 24)),
  );
  const cells = (values: readonly (string | number | null)[]) =>
    values.map((value) => (typeof value === "string" ? safeText(value) : value));
  for (const row of answer.rows) costs.addRow(cells(columns.map(({ value }) => value(row))));
  const last = costs.addRow(columns.map((column, index) => (index === 0 ? TOTAL[language] : totalOf(column, answer))));
  last.font = { bold: true };
  last.border = { top: { style: "thin" } };
  columns.forEach((column, index) => {
    if (column.isMoney) costs.getColumn(index + 1).numFmt = moneyFormat;
  });
  costs.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } };

  const days = open(
    say("Days", "每日"),
    [
      say("Day", "日期"),
      say("State", "状态"),
      ...answer.daily.series.map((s) => safeText(s.team ?? (HOLDERS[s.holder][language] || ""))),
    ],
    [14, 14, ...answer.daily.series.map(() => 18)],
  );
  answer.daily.days.forEach((day, index) => {
    const state = DAY_STATES[answer.daily.states[index] ?? "missing"][language];
    days.addRow([day, state, ...answer.daily.series.map((series) => series.costs[index] ?? null)]);
  });
  answer.daily.series.forEach((_, index) => {
    days.getColumn(index + 3).numFmt = moneyFormat;
  });

  const notes = open(say("Assumptions", "假设"), [say("What", "项目"), say("Value", "取值")], [34, 80]);
  for (const [what, value] of assumptionsOf(answer, language)) notes.addRow(cells([what, value]));

  const prices = open(
    say("Price rows", "价格行"),
    [
      say("Row", "行号"),
      say("Provider", "云商"),
      say("Region", "区域"),
      say("Kind", "类别"),
      say("Key", "键"),
      say("Price", "单价"),
      say("Currency", "货币"),
      say("Per", "单位"),
      say("Valid from", "生效日"),
      say("Source", "来源"),
      say("Quantity", "数量"),
      say("Charged at, after discount and exchange", "实计单价（含折扣与汇率）"),
      say("Cost", "成本"),
    ],
    [8, 12, 16, 12, 24, 12, 10, 12, 14, 48, 16, 18, 18],
  );
  for (const p of answer.prices)
    prices.addRow(
      cells([
        p.id,
        p.provider,
        p.region,
        p.kind,
        p.key,
        p.price,
        p.currency,
        p.unit,
        p.validFrom,
        p.source,
        p.quantity,
        p.cost === null || p.quantity === 0 ? null : p.cost / p.quantity,
        p.cost,
      ]),
    );
  prices.getColumn(11).numFmt = "#,##0.000";
  prices.getColumn(12).numFmt = "#,##0.000000";
  prices.getColumn(13).numFmt = moneyFormat;
  return new Uint8Array(await book.xlsx.writeBuffer());
}
