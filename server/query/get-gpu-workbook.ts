import type { GpuExportQuery, GpuTotal } from "../contract/gpu.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getGpu } from "./get-gpu.ts";
import { getGpuMigration } from "./get-gpu-migration.ts";

type Cell = string | number | null;

/** What a spreadsheet would read as a formula is written as text. */
function safe(cell: Cell): Cell {
  return typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

/** Totals, workloads, waste, who waits, devices, the way to claims and the basis of the figures, each on a sheet. Unknown figures are empty cells, never zero. */
export async function getGpuWorkbook(
  viewer: Viewer,
  query: GpuExportQuery,
  now = new Date(),
): Promise<Uint8Array<ArrayBuffer>> {
  const { language, ...asked } = query;
  const { from: _from, to: _to, ...part } = asked;
  const [gpu, migration] = await Promise.all([getGpu(viewer, asked, now), getGpuMigration(viewer, part, now)]);
  const say = (en: string, zh: string) => (language === "zh" ? zh : en);
  const { default: excel } = await import("exceljs");
  const book = new excel.Workbook();
  book.created = now;
  const money = `#,##0.00 "${gpu.currency}"`;
  const open = (name: string, columns: readonly (readonly [string, string?])[], rows: readonly (readonly Cell[])[]) => {
    const sheet = book.addWorksheet(name, { views: [{ state: "frozen", ySplit: 1 }] });
    sheet.addRow(columns.map(([header]) => header)).font = { bold: true };
    for (const row of rows) sheet.addRow(row.map(safe));
    columns.forEach(([header, format], index) => {
      const column = sheet.getColumn(index + 1);
      column.width = Math.max(14, header.length + 2);
      if (format !== undefined) column.numFmt = format;
    });
    sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } };
  };
  const figure = (value: { readonly state: string; readonly value?: number }): Cell =>
    value.state === "value" ? (value.value ?? null) : null;
  const cluster = say("Cluster", "集群");
  const team = say("Team", "团队");
  const model = say("Model", "型号");
  const who = [
    [cluster],
    [say("Namespace", "命名空间")],
    [say("Kind", "类型")],
    [say("Workload", "工作负载")],
    [team],
    [model],
  ] as const;
  const whoOf = (row: (typeof gpu.holders)[number]) => [
    row.cluster,
    row.namespace,
    row.kind,
    row.name,
    row.team,
    row.model,
  ];
  const hours = (name: string): readonly [string, string] => [name, "#,##0.00"];
  const byCut = [
    [say("By team", "按团队"), gpu.totals.team, (row: GpuTotal) => row.team ?? row.holder],
    [
      say("By workload", "按工作负载"),
      gpu.totals.workload,
      (row: GpuTotal) =>
        row.name === null ? `${row.cluster}: ${row.holder}` : `${row.cluster}/${row.namespace}/${row.kind}/${row.name}`,
    ],
    [say("By pool", "按资源池"), gpu.totals.pool, (row: GpuTotal) => `${row.cluster}/${row.pool}`],
    [say("By model", "按型号"), gpu.totals.model, (row: GpuTotal) => row.model],
  ] as const;
  for (const [name, rows, labelOf] of byCut)
    open(
      name,
      [
        [name],
        hours(say("Active hours", "活跃小时")),
        hours(say("Held-idle hours", "闲置小时")),
        hours(say("Held-silent hours", "无上报小时")),
        hours(say("Free hours", "空闲小时")),
        hours(say("Unavailable hours", "不可用小时")),
        [say("Cost", "费用"), money],
        [say("Held-idle cost", "闲置费用"), money],
      ],
      rows.map((row) => [
        labelOf(row),
        row.hours.active,
        row.hours["held-idle"],
        row.hours["held-unknown"],
        row.hours.free,
        row.hours.unavailable,
        row.cost,
        row.idleCost,
      ]),
    );
  open(
    say("Workloads", "工作负载"),
    [
      ...who,
      [say("Devices", "设备")],
      hours(say("Active hours", "活跃小时")),
      hours(say("Held-idle hours", "闲置小时")),
      hours(say("Held-silent hours", "无上报小时")),
      [say("Activity", "活跃度"), "0.0%"],
      [say("Held since", "占用起始")],
      [say("Cost", "费用"), money],
      [say("Held-idle cost", "闲置费用"), money],
    ],
    gpu.holders.map((row) => [
      ...whoOf(row),
      row.deviceCount,
      row.hours.active ?? 0,
      row.hours["held-idle"] ?? 0,
      row.hours["held-unknown"] ?? 0,
      figure(row.activity),
      row.heldSince,
      figure(row.cost),
      figure(row.idleCost),
    ]),
  );
  open(
    say("Waste", "浪费"),
    [
      ...who,
      [say("What to do", "建议")],
      [say("Where to", "目标")],
      hours(say("Idle hours", "闲置小时")),
      [say("Idle share", "闲置占比"), "0.0%"],
      [say("Wasted", "浪费"), money],
    ],
    gpu.waste.map((row) => [
      ...whoOf(row),
      row.verb,
      row.target?.profile ?? row.target?.model ?? null,
      row.idleHours,
      row.idleRatio,
      figure(row.wastedCost),
    ]),
  );
  open(
    say("Waiting", "等待中"),
    [
      [cluster],
      [say("Namespace", "命名空间")],
      [say("Kind", "类型")],
      [say("Name", "名称")],
      [team],
      [say("Asks for", "请求")],
      [say("Since", "起始")],
      [say("Why", "原因")],
    ],
    gpu.waiting.map((row) => [
      row.cluster,
      row.namespace,
      row.kind,
      row.name,
      row.team,
      row.wants.map((want) => `${want.count} × ${want.name}`).join(", "),
      row.since,
      `${row.cause} ${row.causeOf ?? ""}`.trim(),
    ]),
  );
  open(
    say("To claims", "迁移到申请"),
    [
      [cluster],
      [say("Namespace", "命名空间")],
      [say("Kind", "类型")],
      [say("Workload", "工作负载")],
      [team],
      [say("Asks today", "目前请求")],
      [say("Class", "设备类")],
      [say("Selector", "选择器")],
      [say("State", "状态")],
      [say("In the way", "阻碍")],
    ],
    migration.rows.map((row) => [
      row.cluster,
      row.namespace,
      row.kind,
      row.name,
      row.team,
      row.asks.map((ask) => `${ask.count} × ${ask.resource}`).join(", "),
      row.requests.map((request) => request.className).join(", "),
      row.requests.map((request) => request.selectorCel).join("; "),
      row.state,
      row.blockers.map((blocker) => blocker.key).join(", "),
    ]),
  );
  open(
    say("Devices", "设备"),
    [
      [cluster],
      [say("Node", "节点")],
      [say("Pool", "资源池")],
      [model],
      [say("Device", "设备")],
      [say("State", "状态")],
      [say("Holders", "占用者")],
      [say("Activity", "活跃度"), "0.0%"],
      [say("Read from", "取自")],
    ],
    gpu.devices.map((device) => [
      device.cluster,
      device.nodeName,
      device.pool,
      device.model,
      device.id,
      device.state,
      device.holders.map((holder) => `${holder.namespace}/${holder.pod}`).join(", "),
      figure(device.activity),
      device.activityMetric,
    ]),
  );
  open(
    say("Basis", "依据"),
    [[say("What", "项目")], [say("Value", "取值")]],
    [
      [say("Period", "期间"), `${gpu.from} – ${gpu.to}`],
      [say("Prices", "价格"), say("list-price estimate, not a bill", "目录价估算，并非账单")],
      [say("Idle below", "闲置阈值"), gpu.idleBelowRatio],
      [
        say("Cluster hours with device records, of all", "有设备记录的集群小时 / 全部"),
        `${gpu.hoursKnown.covered} / ${gpu.hoursKnown.of}`,
      ],
      [say("Held hours without owner", "无归属的占用小时"), gpu.hoursWithoutOwner],
      [say("Made at", "生成时间"), gpu.at],
    ],
  );
  return new Uint8Array(await book.xlsx.writeBuffer());
}
