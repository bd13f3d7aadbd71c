import type { Words } from "../translate.ts";

export const networkWords = {
  "network.title": { en: "Network", zh: "网络" },
  "network.summary": {
    en: "What crosses zones, what it costs, who sends it and what would keep it at home.",
    zh: "哪些流量跨可用区、花费多少、由谁产生，以及如何让它留在本区。",
  },
  "network.days.n": { en: "{count} days", zh: "{count} 天" },
  "network.window": { en: "{from} to {to}, days of {zone}", zh: "{from} 至 {to}，按 {zone} 计日" },
  "network.cost": { en: "Cross-zone cost", zh: "跨可用区费用" },
  "network.cost.note": { en: "List-price estimate of the window", zh: "窗口期目录价估算" },
  "network.cost.formula": {
    en: "Measured bytes of each day × the price rows in force that day, sender's and receiver's end.",
    zh: "每日实测字节 × 当日有效的价格条目，含发送端与接收端。",
  },
  "network.rate": { en: "Run-rate per month", zh: "按月折算" },
  "network.rate.note": {
    en: "Window ÷ measured hours × 730 h",
    zh: "窗口期 ÷ 已测小时 × 730 小时",
  },
  "network.rate.newest": {
    en: "Window ÷ measured hours × 730 h; newest whole day: {money}",
    zh: "窗口期 ÷ 已测小时 × 730 小时；最近完整一天：{money}",
  },
  "network.routable": { en: "Fixable by routing", zh: "可通过路由消除" },
  "network.routable.note": {
    en: "Per month, same window and rules as the simulator below",
    zh: "每月，与下方模拟器同一窗口期与规则",
  },
  "network.bytes": { en: "Cross-zone bytes", zh: "跨可用区字节" },
  "network.unpriced": { en: "Without a price", zh: "未定价" },
  "network.unpriced.note": { en: "Unknown zone, internet or no price row", zh: "可用区未知、互联网或无价格条目" },
  "network.step.title": { en: "Changed level", zh: "水平突变" },
  "network.step.none": { en: "No series moved to another level in this window.", zh: "窗口期内没有序列出现水平突变。" },
  "network.step.factor": { en: "{factor}×", zh: "{factor} 倍" },
  "network.step.since": { en: "since {day}", zh: "自 {day} 起" },
  "network.step.unconfirmed": { en: "today, may be a spike", zh: "今日出现，可能是尖峰" },
  "network.step.change": { en: "{money} a month", zh: "每月 {money}" },
  "network.step.cluster": { en: "All cross-zone traffic of {cluster}", zh: "{cluster} 的全部跨区流量" },
  "network.matrix": { en: "Zone × zone", zh: "可用区 × 可用区" },
  "network.matrix.note": {
    en: "Rows send, columns receive; inside a zone is free",
    zh: "行为发送方，列为接收方；区内免费",
  },
  "network.matrix.unit": { en: "Unit", zh: "单位" },
  "network.matrix.bytes": { en: "Bytes", zh: "字节" },
  "network.matrix.money": { en: "Money", zh: "费用" },
  "network.from": { en: "from", zh: "来源" },
  "network.to": { en: "to", zh: "去向" },
  "network.zone.unknown": { en: "unknown", zh: "未知" },
  "network.daily": { en: "Cross-zone traffic by day", zh: "每日跨区流量" },
  "network.daily.unit": { en: "list-price estimate per day", zh: "每日目录价估算" },
  "network.daily.bytes": { en: "bytes per day", zh: "每日字节" },
  "network.daily.empty": { en: "No flow was measured in this window.", zh: "窗口期内没有测得流量。" },
  "network.daily.note": {
    en: "Today has begun only: {hours} of 24 hours measured.",
    zh: "今天尚未结束：24 小时中已测 {hours} 小时。",
  },
  "network.pairs": { en: "Service pairs", zh: "服务对" },
  "network.pairs.note": {
    en: "{shown} of {total} pairs; the rest is {rest}",
    zh: "{total} 对中的 {shown} 对；其余为 {rest}",
  },
  "network.pairs.empty": { en: "No traffic crossed zones in this window.", zh: "窗口期内没有跨可用区流量。" },
  "network.source": { en: "Sender", zh: "发送方" },
  "network.target": { en: "Receiver", zh: "接收方" },
  "network.owner": { en: "Owners", zh: "负责团队" },
  "network.unowned": { en: "unowned", zh: "无主" },
  "network.hidden": { en: "another team's", zh: "其他团队" },
  "network.unknown-peer": { en: "unknown peer", zh: "未知对端" },
  "network.service": { en: "Through Service", zh: "经由 Service" },
  "network.service.inferred": {
    en: "Both ends are behind Services; the one that sends more is taken for the server.",
    zh: "两端都在 Service 之后；取发送更多的一端为服务端。",
  },
  "network.cross-bytes": { en: "Cross-zone", zh: "跨区" },
  "network.money": { en: "Cost", zh: "费用" },
  "network.change": { en: "Level", zh: "水平" },
  "network.fix": { en: "What would help", zh: "改进办法" },
  "network.fix.routing": { en: "Routing", zh: "路由" },
  "network.fix.placement": { en: "Placement", zh: "布局" },
  "network.fix.none": { en: "Not fixable", zh: "无法消除" },
  "network.why.not-set": { en: "the Service has no zone preference", zh: "Service 未设置可用区偏好" },
  "network.why.hints-missing": { en: "preference set, but hints are missing", zh: "已设置偏好，但缺少提示" },
  "network.why.zone-without-endpoints": { en: "no endpoint in the clients' zone", zh: "客户端所在区没有端点" },
  "network.why.single-endpoint": { en: "one endpoint in all", zh: "总共只有一个端点" },
  "network.why.no-service": { en: "no Service in between chooses the endpoint", zh: "中间没有可选择端点的 Service" },
  "network.why.already-preferred": {
    en: "the preference is in force; connections are older or bypass the Service",
    zh: "偏好已生效；连接较早建立或绕过了 Service",
  },
  "network.why.headless": { en: "headless: clients choose the endpoint", zh: "无头 Service：由客户端选择端点" },
  "network.why.endpoint-without-zone": {
    en: "an endpoint without a zone switches hints off",
    zh: "有端点没有可用区，提示被关闭",
  },
  "network.why.no-ready-endpoints": { en: "no endpoint is ready", zh: "没有就绪端点" },
  "network.why.outside": { en: "the peer or its zone is not known", zh: "对端或其可用区未知" },
  "network.why.not-examined": { en: "not examined", zh: "未检查" },
  "network.fixes": { en: "What the cost is made of", zh: "费用构成" },
  "network.teams": { en: "By team", zh: "按团队" },
  "network.teams.note": {
    en: "The sender pays what leaves a zone, the receiver what enters",
    zh: "离开可用区由发送方承担，进入由接收方承担",
  },
  "network.team": { en: "Team", zh: "团队" },
  "network.sent": { en: "Sent across", zh: "跨区发送" },
  "network.received": { en: "Received across", zh: "跨区接收" },
  "network.sources": { en: "Where this comes from", zh: "数据来源" },
  "network.source.measured": { en: "{adapter}: both ends with zones", zh: "{adapter}：两端及可用区" },
  "network.source.no-zones": {
    en: "{adapter}: no zones, so no matrix and no simulation",
    zh: "{adapter}：无可用区，因此没有矩阵和模拟",
  },
  "network.source.none": { en: "No flow source: cross-zone traffic is unknown", zh: "没有流量来源：跨区流量未知" },
  "network.source.none.why": {
    en: "Beyla or OpenTelemetry eBPF with zone attributes, NetObserv with zones, Coroot or a VPC flow log would tell. What could cross at most is said on this page, as far as it can be.",
    zh: "可启用带可用区属性的 Beyla 或 OpenTelemetry eBPF、带可用区的 NetObserv、Coroot，或导入 VPC 流日志。本页给出可推断的上限。",
  },
  "network.source.less": {
    en: "says {seen}; could say {declared}",
    zh: "当前可说明：{seen}；最多可说明：{declared}",
  },
  "network.capability.pair-with-zones": {
    en: "both ends with zones",
    zh: "两端及可用区",
  },
  "network.capability.pair": {
    en: "both ends",
    zh: "两端",
  },
  "network.capability.source-only": {
    en: "the sender only",
    zh: "仅发送方",
  },
  "network.sources.all": {
    en: "Every source that is read, in order of preference, and what it can say",
    zh: "可读取的全部来源（按优先级）及其可说明的内容",
  },
  "network.adapter.obi": {
    en: "src_zone, dst_zone and k8s_src_node_name must be selected; the report of the sender's node counts",
    zh: "须选择 src_zone、dst_zone 与 k8s_src_node_name；以发送方节点的上报为准",
  },
  "network.adapter.beyla": {
    en: "as OpenTelemetry eBPF",
    zh: "同 OpenTelemetry eBPF",
  },
  "network.adapter.netobserv": {
    en: "zones with processor.addZone; multiplied by the sampling rate",
    zh: "processor.addZone 提供可用区；按采样率放大",
  },
  "network.adapter.coroot": {
    en: "TCP only; zones of the pods behind the addresses",
    zh: "仅 TCP；可用区取自地址对应的 Pod",
  },
  "network.adapter.network-costs": {
    en: "bytes that left the zone, without the receiver: in no matrix and no simulation",
    zh: "离开可用区的字节，无接收方：不进入矩阵与模拟",
  },
  "network.adapter.vpc-flow-log": {
    en: "AWS, as a file; addresses are those of today's inventory",
    zh: "AWS，以文件导入；地址按当前资产解析",
  },
  "network.repriced": {
    en: "Price rows changed on {day}: the cost of this window went from {before} to {after}.",
    zh: "价格条目于 {day} 变更：本窗口期费用由 {before} 变为 {after}。",
  },
  "network.source.unreachable": { en: "Its Prometheus does not answer", zh: "其 Prometheus 无响应" },
  "network.source.hours": { en: "{hours} h measured since {day}", zh: "自 {day} 起已测 {hours} 小时" },
  "network.basis.sender-node": { en: "as the sender's node saw it", zh: "以发送方节点为准" },
  "network.basis.single-report": { en: "one report only", zh: "仅一份上报" },
  "network.basis.halved": { en: "both ends reported, halved", zh: "两端均上报，取半" },
  "network.basis.counted-once": { en: "counted once by the source", zh: "来源只计一次" },
  "network.basis.share": { en: "{share} {basis}", zh: "{share} {basis}" },
  "network.price": { en: "{provider} {key}: {price} per {unit}", zh: "{provider} {key}：每 {unit} {price}" },
  "network.price.replaced": {
    en: "replaced {price} on {day}; the past was re-priced",
    zh: "于 {day} 取代 {price}；历史费用已重算",
  },
  "network.export.xlsx": { en: "XLSX", zh: "XLSX" },
  "network.export.csv": { en: "CSV", zh: "CSV" },
  "network.simulate-all": {
    en: "Every Service at once",
    zh: "所有 Service 一起",
  },
  "network.simulate-all.note": {
    en: "{from} to {to}, measured bytes at the price of their day, per month of 730 h. A preference that is in force already saves nothing more.",
    zh: "{from} 至 {to}，实测字节 × 当日价格，按每月 730 小时。已生效的偏好不再计入节省。",
  },
  "network.simulate-all.same": {
    en: "Saves {money} a month: the figure “Fixable by routing” above, from the same window, prices and rules.",
    zh: "每月节省 {money}：与上方“可通过路由消除”相同，窗口期、价格与规则一致。",
  },
  "network.simulate-all.saved": {
    en: "Saves {money} a month.",
    zh: "每月节省 {money}。",
  },
  "network.simulate-all.differs": {
    en: "These Services together save {money} a month, but “Fixable by routing” above says {headline}: not the same traffic is in both (a cluster or a Service is missing here, or the list of pairs was cut).",
    zh: "这些 Service 合计每月节省 {money}，而上方“可通过路由消除”为 {headline}：两者包含的流量不同（此处缺少集群或 Service，或服务对列表被截断）。",
  },
  "network.simulate-all.no-price": {
    en: "Without a price there is no saving to state.",
    zh: "没有价格，无法给出节省金额。",
  },
  "network.simulate-all.more": {
    en: "Not simulated here, choose them above: {clusters}",
    zh: "此处未模拟，可在上方选择：{clusters}",
  },
  "network.simulate-all.without": {
    en: "{bytes} of the cross-zone bytes run between ends without a Service, or to unknown or other teams' peers: no preference of a Service can move them.",
    zh: "跨区字节中有 {bytes} 的两端之间没有 Service，或对端未知或属于其他团队：Service 的偏好无法改变它们。",
  },
  "network.setting": {
    en: "Setting",
    zh: "设置",
  },
  "network.setting.now": {
    en: "Set now",
    zh: "当前设置",
  },
  "network.setting.none": { en: "No preference", zh: "无偏好" },
  "network.setting.PreferSameZone": { en: "Same zone", zh: "同区优先" },
  "network.setting.PreferSameNode": { en: "Same node", zh: "同节点优先" },
  "network.spread": { en: "Spread endpoints evenly over zones", zh: "端点均匀分布到各区" },
  "network.saved": { en: "Saved per month", zh: "每月节省" },
  "network.now": { en: "Now", zh: "当前" },
  "network.then": { en: "Then", zh: "之后" },
  "network.risks": { en: "Risks", zh: "风险" },
  "network.risks.none": { en: "No risk found", zh: "未发现风险" },
  "network.risk.zone-without-endpoints": {
    en: "Zone {zone} has no endpoint: its traffic still crosses",
    zh: "{zone} 没有端点：其流量仍跨区",
  },
  "network.risk.endpoint-without-zone": {
    en: "Endpoint {endpoint} has no zone: hints are switched off",
    zh: "端点 {endpoint} 没有可用区：提示被关闭",
  },
  "network.risk.uneven-load": {
    en: "Endpoints in {zone} would carry {factor}× the mean",
    zh: "{zone} 的端点负载将达平均值的 {factor} 倍",
  },
  "network.risk.zone-loss-overload": {
    en: "If {zone} is lost, the fullest endpoint carries {factor}× of today's fullest (without the change: {now}×)",
    zh: "若失去 {zone}，最忙端点负载为今日最忙端点的 {factor} 倍（不改动时：{now} 倍）",
  },
  "network.risk.zone-loss-outage": {
    en: "If {zone} is lost, no endpoint is left",
    zh: "若失去 {zone}，将没有任何端点",
  },
  "network.risk.uneven-endpoint": {
    en: "{endpoint} alone would carry {factor}× the mean",
    zh: "仅 {endpoint} 的负载就达平均值的 {factor} 倍",
  },
  "network.risk.no-ready-endpoints": { en: "No endpoint is ready", zh: "没有就绪端点" },
  "network.svc.distribution": { en: "trafficDistribution", zh: "trafficDistribution" },
  "network.svc.not-set": { en: "not set", zh: "未设置" },
  "network.svc.effective": { en: "In force", zh: "已生效" },
  "network.svc.not-effective": { en: "Not in force", zh: "未生效" },
  "network.svc.hints": {
    en: "{hinted} of {ready} ready endpoints carry hints",
    zh: "{ready} 个就绪端点中 {hinted} 个带提示",
  },
  "network.svc.headless": { en: "headless: clients choose endpoints themselves", zh: "无头：客户端自行选择端点" },
  "network.svc.owner": { en: "Owner", zh: "负责团队" },
  "network.svc.endpoints": { en: "Endpoints by zone", zh: "各区端点" },
  "network.svc.peers": { en: "Who talks with it", zh: "与之通信者" },
  "network.svc.requests": { en: "To the Service", zh: "发往 Service" },
  "network.svc.replies": { en: "Back", zh: "返回" },
  "network.svc.peer": { en: "Workload", zh: "工作负载" },
  "network.svc.simulator": { en: "What if", zh: "假设" },
  "network.svc.simulator.note": {
    en: "kube-proxy's and the EndpointSlice controller's rules on measured bytes; per month of 730 h. Long-lived connections move when they are opened anew.",
    zh: "按 kube-proxy 与 EndpointSlice 控制器的规则推演实测字节；每月 730 小时。长连接在重新建立后才会迁移。",
  },
  "network.svc.no-traffic": { en: "No traffic of this Service was measured.", zh: "没有测得该 Service 的流量。" },
  "network.svc.zone": { en: "Zone", zh: "可用区" },
  "network.svc.count": { en: "Endpoints", zh: "就绪端点" },
  "network.svc.clients": { en: "Clients", zh: "客户端字节" },
  "network.svc.per-endpoint-now": { en: "Each now", zh: "单端点（当前）" },
  "network.svc.per-endpoint-then": {
    en: "Each then",
    zh: "单端点（之后）",
  },
  "network.svc.loss": {
    en: "If lost",
    zh: "失去该区",
  },
  "network.svc.loss.hint": {
    en: "Load of the fullest endpoint left when this zone is lost, as a multiple of today's fullest: now → then. Its clients are taken to go on from the other zones.",
    zh: "失去该区后最忙端点的负载，相对今日最忙端点的倍数：当前 → 之后。假定其客户端改由其他区继续。",
  },
  "network.svc.set": {
    en: "set",
    zh: "设置",
  },
  "network.svc.manifest": { en: "The change", zh: "变更清单" },
  "network.svc.no-manifest": { en: "Nothing to change for this choice.", zh: "该选择无需变更。" },
  "network.svc.forecast": { en: "Forecast against measured", zh: "预测与实测" },
  "network.svc.forecast.note": {
    en: "{setting} was set before the first read; forecast for the traffic of this window",
    zh: "{setting} 在首次读取前已设置；按本窗口期流量预测",
  },
  "network.svc.forecast.since": {
    en: "{setting} since {at}; forecast for the traffic of the days before",
    zh: "{setting} 自 {at} 起；按此前数日流量预测",
  },
  "network.svc.forecast.before": {
    en: "Before, per month",
    zh: "之前（每月）",
  },
  "network.svc.forecast.ratio": {
    en: "{share} crosses",
    zh: "跨区占 {share}",
  },
  "network.svc.forecast.no-day": {
    en: "not yet a whole day",
    zh: "尚不足一天",
  },
  "network.svc.forecast.saved": {
    en: "Saved {saved} a month, forecast was {forecast}.",
    zh: "每月已节省 {saved}，预测为 {forecast}。",
  },
  "network.svc.forecast.expected": {
    en: "Forecast, per month",
    zh: "预测（每月）",
  },
  "network.svc.forecast.measured": {
    en: "Measured, per month",
    zh: "实测（每月）",
  },
  "network.svc.forecast.gap": {
    en: "Measured is above the forecast: connections from before the setting, or clients that bypass the Service address.",
    zh: "实测高于预测：设置之前建立的连接，或绕过 Service 地址的客户端。",
  },
  "network.svc.daily": { en: "By day", zh: "每日" },
  "network.svc.cross": { en: "Cross-zone", zh: "跨区" },
  "network.svc.same": { en: "Same zone", zh: "同区" },
  "network.bill": { en: "Measured against billed", zh: "实测与账单" },
  "network.bill.import": { en: "Import bill", zh: "导入账单" },
  "network.bill.hint": {
    en: "CSV with a day and an amount column; GB unless a unit column says otherwise.",
    zh: "包含日期与数量列的 CSV；无单位列时按 GB。",
  },
  "network.bill.file": { en: "CSV file", zh: "CSV 文件" },
  "network.bill.cluster": { en: "Cluster", zh: "集群" },
  "network.bill.done": { en: "{saved} lines stored, {skipped} skipped", zh: "已存 {saved} 行，跳过 {skipped} 行" },
  "network.bill.none": { en: "No bill lines for these days yet.", zh: "这些日期尚无账单。" },
  "network.bill.day": { en: "Day", zh: "日期" },
  "network.bill.measured": { en: "Measured", zh: "实测" },
  "network.bill.billed": { en: "Billed", zh: "账单" },
  "network.bill.gap": {
    en: "Gap",
    zh: "差距",
  },
  "network.bill.gap.note": {
    en: "measured ÷ billed − 1",
    zh: "实测 ÷ 账单 − 1",
  },
  "network.bill.gap-money": {
    en: "Gap in money",
    zh: "金额差距",
  },
  "network.bill.gap-money.note": {
    en: "list-price estimate − billed",
    zh: "目录价估算 − 账单",
  },
  "network.bill.billed-money": {
    en: "Billed cost",
    zh: "账单金额",
  },
  "network.bill.hours": {
    en: "Measured hours",
    zh: "已测小时",
  },
  "network.bill.days": {
    en: "{both} of {billed} billed days were measured",
    zh: "{billed} 个账单日中有 {both} 日已测",
  },
  "network.import.refused": { en: "Files cannot be taken in here. {why}", zh: "您不能在此导入文件。{why}" },
  "network.import.line": {
    en: "line {line}: {why}",
    zh: "第 {line} 行：{why}",
  },
  "network.log": {
    en: "VPC flow logs",
    zh: "VPC 流日志",
  },
  "network.log.hint": {
    en: "For clusters without another source. AWS default fields of versions 2 to 5, as text or CSV; the hours of the log are replaced.",
    zh: "用于没有其他来源的集群。AWS 默认字段（版本 2 至 5），文本或 CSV；日志所含小时将被替换。",
  },
  "network.log.sampling": {
    en: "Sampled, one in",
    zh: "采样，每 n 行取一",
  },
  "network.log.import": {
    en: "Import log",
    zh: "导入日志",
  },
  "network.log.busy": {
    en: "Importing …",
    zh: "正在导入……",
  },
  "network.log.file": {
    en: "Flow log file",
    zh: "流日志文件",
  },
  "network.log.done": {
    en: "{counted} of {lines} lines counted",
    zh: "{lines} 行中计入 {counted} 行",
  },
  "network.log.none": {
    en: "No flow log was imported yet.",
    zh: "尚未导入流日志。",
  },
  "network.log.counted": {
    en: "{counted} of {lines} lines counted",
    zh: "{lines} 行中计入 {counted} 行",
  },
  "network.log.unknown": {
    en: "{bytes} with a peer that is none of the cluster's",
    zh: "{bytes} 的对端不属于该集群",
  },
  "network.log.sampled": {
    en: "multiplied by {rate}",
    zh: "放大 {rate} 倍",
  },
  "network.log.left-out.duplicate": {
    en: "twice in the file",
    zh: "文件中重复",
  },
  "network.log.left-out.receiverCopy": {
    en: "receiver's records of counted flows",
    zh: "已计流量的接收方记录",
  },
  "network.log.left-out.gatewayCopy": {
    en: "recorded again by a gateway or another machine",
    zh: "由网关或其他机器再次记录",
  },
  "network.log.left-out.bothEndsOutside": {
    en: "between peers outside the cluster",
    zh: "两端均在集群之外",
  },
  "network.log.left-out.rejected": {
    en: "rejected",
    zh: "被拒绝",
  },
  "network.log.left-out.noData": {
    en: "without data",
    zh: "无数据",
  },
  "network.log.left-out.skippedData": {
    en: "dropped by AWS: their bytes are missing",
    zh: "被 AWS 丢弃：其字节缺失",
  },
  "network.log.left-out.unreadable": {
    en: "unreadable",
    zh: "无法读取",
  },
  "network.estimate": {
    en: "What could cross zones at most",
    zh: "跨区流量上限",
  },
  "network.estimate.note": {
    en: "An estimate, in no total: no source says who talks with whom in these clusters.",
    zh: "仅为估算，不计入任何合计：这些集群没有来源说明通信双方。",
  },
  "network.estimate.estimated": {
    en: "estimate",
    zh: "估算",
  },
  "network.estimate.one-zone": {
    en: "one zone",
    zh: "单一可用区",
  },
  "network.estimate.no-pod-network": {
    en: "nothing can be said",
    zh: "无法估算",
  },
  "network.estimate.one-zone.why": {
    en: "All pods are in one zone or in none that is known: nothing can cross. ({measured} of {pods} pods measured)",
    zh: "所有 Pod 位于同一可用区或可用区未知：不会跨区。（{pods} 个 Pod 中 {measured} 个已测）",
  },
  "network.estimate.no-pod-network.why": {
    en: "Bytes received by pods were not measured in the last 24 hours ({measured} of {pods} pods), so there is no bound either.",
    zh: "过去 24 小时未测得 Pod 接收字节（{pods} 个 Pod 中 {measured} 个），因此也没有上限。",
  },
  "network.estimate.high": {
    en: "At most",
    zh: "至多",
  },
  "network.estimate.expected": {
    en: "If senders ignored zones",
    zh: "若发送方不考虑可用区",
  },
  "network.estimate.cost": {
    en: "At most, per month",
    zh: "每月至多",
  },
  "network.estimate.per-day": {
    en: "per day",
    zh: "每日",
  },
  "network.estimate.error": {
    en: "per day; the truth lies between 0 and {high}",
    zh: "每日；真实值在 0 与 {high} 之间",
  },
  "network.estimate.cost.note": {
    en: "list price; {money} if senders ignored zones",
    zh: "目录价；若发送方不考虑可用区为 {money}",
  },
  "network.estimate.no-price": {
    en: "no price row for this provider",
    zh: "该供应商没有价格条目",
  },
  "network.estimate.zone": {
    en: "{zone}: {received} received, {sent} sent a day",
    zh: "{zone}：每日接收 {received}，发送 {sent}",
  },
  "network.estimate.basis": {
    en: "Per zone at most what its pods received and all others sent, over {hours} h; {measured} of {pods} pods, without {host} on the host network. Internet traffic is in it. {kept} pods behind a Service with a preference in force count in the bound only.",
    zh: "每区上限为其 Pod 接收量与其他区发送量中的较小者，统计 {hours} 小时；{pods} 个 Pod 中 {measured} 个，不含 {host} 个主机网络 Pod。其中包含互联网流量。{kept} 个位于已生效偏好 Service 之后的 Pod 仅计入上限。",
  },
} as const satisfies Words;
