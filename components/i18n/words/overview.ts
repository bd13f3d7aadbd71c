import type { Words } from "../translate.ts";

export const overviewWords = {
  "overview.title": { en: "Overview", zh: "总览" },
  "overview.summary": {
    en: "What it costs, what hurts, what is ready, what we cannot see.",
    zh: "花费多少、哪里吃紧、哪些就绪、哪些看不到。",
  },
  "overview.see-all": { en: "See all", zh: "查看全部" },

  "overview.cost": { en: "What it costs", zh: "花费多少" },
  "overview.cost-note": {
    en: "Nodes and their GPUs at list price, {currency}; volumes and traffic apart",
    zh: "节点及其 GPU，按目录价，{currency}；卷与流量另计",
  },
  "overview.per-hour": { en: "Nodes, per hour now", zh: "节点，当前每小时" },
  "overview.per-month": { en: "Nodes, per month at this rate", zh: "节点，按此费率每月" },
  "overview.month-basis": { en: "730 hours, no discounts", zh: "按 730 小时，不含折扣" },
  "overview.beside-nodes": { en: "Volumes and traffic, per month", zh: "卷与流量，每月" },
  "overview.beside-nodes-note": { en: "as on {day}, × 730 ÷ 24 hours", zh: "按 {day} 计，× 730 ÷ 24 小时" },
  "overview.beside-nodes-none": { en: "after the first complete day", zh: "首个完整日之后才有" },
  "overview.priced-nodes": { en: "{covered} of {of} nodes have a price", zh: "{of} 个节点中 {covered} 个有价格" },
  "overview.all-priced": { en: "all {of} nodes priced", zh: "全部 {of} 个节点均有价格" },
  "overview.by-owner": { en: "Who holds it", zh: "费用归属" },
  "overview.by-cluster": { en: "By cluster", zh: "按集群" },
  "overview.split-at": {
    en: "Parts add up to the run-rate; proportions of the hour of {time}.",
    zh: "各部分之和等于总费率；比例取自 {time} 所在小时。",
  },
  "overview.not-split": {
    en: "Parts add up to the run-rate; it is split by owner after the first whole hour.",
    zh: "各部分之和等于总费率；首个完整小时之后才会按归属拆分。",
  },
  "overview.unallocated": { en: "Unallocated", zh: "未分配" },
  "overview.unallocated-why": { en: "capacity that nobody requested", zh: "无人申请的容量" },
  "overview.shared": { en: "Shared", zh: "共享" },
  "overview.unowned": { en: "Unowned", zh: "无归属" },
  "overview.unsplit": { en: "Not split yet", zh: "尚未拆分" },
  "overview.other-teams": { en: "{count} more {count|team|teams}", zh: "另外 {count} 个团队" },
  "overview.cost-formula": {
    en: "Sum of the hourly list price of every node that is there now. Nodes without a price row are not in it.",
    zh: "当前每个节点的每小时目录价之和；没有价格条目的节点不计入。",
  },
  "overview.month-formula": {
    en: "The hourly run-rate × 730 hours (365 × 24 ÷ 12).",
    zh: "每小时费率 × 730 小时（365 × 24 ÷ 12）。",
  },
  "overview.nodes": { en: "nodes", zh: "个节点" },
  "overview.not-read": {
    en: "No cluster has been read yet, so nothing is known of its cost.",
    zh: "尚未读取任何集群，费用未知。",
  },
  "overview.no-nodes": {
    en: "There are no nodes, so nothing costs by the hour.",
    zh: "没有节点，因此没有按小时计的费用。",
  },
  "overview.no-price": {
    en: "No node has a price yet. Add rows to the price book.",
    zh: "尚无节点有价格。请在价格表中添加条目。",
  },
  "overview.to-prices": { en: "Open the price book", zh: "打开价格表" },

  "overview.pressure": { en: "What hurts", zh: "哪里吃紧" },
  "overview.pressure-note": {
    en: "Share of time in which tasks waited, newest reading",
    zh: "任务等待时间占比，取最近一次读数",
  },
  "overview.hot-nodes": { en: "Nodes", zh: "节点" },
  "overview.hot-workloads": { en: "Workloads", zh: "工作负载" },
  "overview.resource.cpu": { en: "CPU", zh: "CPU" },
  "overview.resource.memory": { en: "Memory", zh: "内存" },
  "overview.resource.io": { en: "I/O", zh: "I/O" },
  "overview.waiting-of": {
    en: "Share of time in which tasks of {name} waited for {resource}",
    zh: "{name} 的任务等待 {resource} 的时间占比",
  },
  "overview.stalled-of": { en: "all stopped {share}", zh: "全部停滞 {share}" },
  "overview.waiting-formula": {
    en: "Pressure stall information “some”: the part of wall-clock time in which at least one task waited.",
    zh: "压力停顿信息 some：至少有一个任务在等待的时间占比。",
  },
  "overview.severity.critical": { en: "hurts", zh: "严重" },
  "overview.severity.attention": { en: "watch", zh: "关注" },
  "overview.severity.calm": { en: "calm", zh: "平稳" },
  "overview.measured": {
    en: "{covered} of {of} nodes report pressure",
    zh: "{of} 个节点中 {covered} 个上报压力数据",
  },
  "overview.no-pressure": { en: "No pressure data", zh: "没有压力数据" },
  "overview.no-pressure-of": { en: "No pressure data of {cluster}", zh: "{cluster} 没有压力数据" },
  "overview.some-pressure-of": { en: "Only a part of {cluster} reports pressure", zh: "{cluster} 仅部分节点上报压力" },
  "overview.pressure-hint": {
    en: "It needs cgroup v2 and a kernel with PSI, and kubelet or node_exporter metrics.",
    zh: "需要 cgroup v2、支持 PSI 的内核，以及 kubelet 或 node_exporter 指标。",
  },

  "overview.readiness": { en: "What is ready", zh: "哪些就绪" },
  "overview.readiness-note": {
    en: "{covered} of {of} clusters judged",
    zh: "{of} 个集群中已评估 {covered} 个",
  },
  "overview.adopted": { en: "{met} of {of} use it", zh: "{of} 个中 {met} 个在用" },
  "overview.no-verdicts": {
    en: "No cluster has been judged yet. The first verdicts follow the first inventory read.",
    zh: "尚无集群完成评估。首次清单读取后会给出结论。",
  },

  "overview.gaps": { en: "What we cannot see", zh: "哪些看不到" },
  "overview.gaps-note": {
    en: "{count} {count|source|sources} gave nothing or only a part",
    zh: "{count} 个数据源未提供或仅提供部分数据",
  },
  "overview.no-gaps": { en: "Every source answered.", zh: "全部数据源均已响应。" },
  "overview.gap-sources": { en: "{count} {count|source|sources}", zh: "{count} 个数据源" },
  "overview.gap-more": { en: "and {count} more", zh: "以及另外 {count} 个" },
} as const satisfies Words;
