import type { Words } from "../translate.ts";

/** Words of the pages before signing in, and of the account menu. */
export const loginWords = {
  "login.title": { en: "Sign in", zh: "登录" },
  "login.summary": {
    en: "What your clusters can do, where they hurt and what they cost.",
    zh: "集群能做什么、哪里吃紧、花费多少。",
  },
  "login.name": { en: "User name", zh: "用户名" },
  "login.password": { en: "Password", zh: "密码" },
  "login.submit": { en: "Sign in", zh: "登录" },
  "login.or": { en: "or", zh: "或" },
  "login.oidc": { en: "Continue with {issuer}", zh: "通过 {issuer} 继续" },
  "login.proxy-only": {
    en: "People are signed in by the proxy in front of Sluice. It sent no name with this request.",
    zh: "由 Sluice 前面的代理完成登录；本次请求未携带用户名。",
  },
  "login.signed-out": { en: "You are signed out.", zh: "您已退出登录。" },
  "login.error.wrong": { en: "Name or password is wrong.", zh: "用户名或密码错误。" },
  "login.error.throttled": {
    en: "Too many failed attempts. Try again in {minutes} {minutes|minute|minutes}.",
    zh: "失败次数过多，请在 {minutes} 分钟后重试。",
  },
  "login.error.issuer": {
    en: "The sign-in service does not answer. Try again in a moment.",
    zh: "登录服务无响应，请稍后重试。",
  },
  "login.error.issuer-refused": {
    en: "The sign-in was not completed, or took too long. Start again.",
    zh: "登录未完成或超时，请重新开始。",
  },
  "login.error.no-role": {
    en: "You are known, but no role was given to you here. Ask an administrator of Sluice.",
    zh: "已确认您的身份，但您在此没有任何角色。请联系 Sluice 管理员。",
  },
  "login.error.disabled": { en: "Your access was withdrawn.", zh: "您的访问权限已被撤销。" },
  "login.error.database": {
    en: "Sluice cannot reach its database. Try again in a moment.",
    zh: "Sluice 无法连接数据库，请稍后重试。",
  },
  "login.error.failed": { en: "Signing in failed. Try again.", zh: "登录失败，请重试。" },
  "login.link.title": { en: "Choose a password", zh: "设置密码" },
  "login.link.for": { en: "For the account {name}", zh: "账户：{name}" },
  "login.link.again": { en: "Password, once more", zh: "再次输入密码" },
  "login.link.rule": {
    en: "At least 12 characters. A few words are better than one with signs.",
    zh: "至少 12 个字符。",
  },
  "login.link.submit": { en: "Save and sign in", zh: "保存并登录" },
  "login.link.gone": {
    en: "This link was used already or is too old. Ask an administrator for a new one.",
    zh: "此链接已被使用或已过期，请向管理员索取新链接。",
  },
  "login.link.too-short": { en: "At least 12 characters, please.", zh: "请至少输入 12 个字符。" },
  "login.link.too-long": { en: "At most 256 characters, please.", zh: "最多 256 个字符。" },
  "login.link.like-the-name": { en: "This is too much like the user name.", zh: "与用户名过于相似。" },
  "login.link.differ": { en: "The two passwords differ.", zh: "两次输入的密码不一致。" },
  "login.account": { en: "Signed in as {name}", zh: "当前用户：{name}" },
  "login.sign-out": { en: "Sign out", zh: "退出登录" },
  "login.part-of-fleet": { en: "Sees a part of the fleet", zh: "仅可查看部分内容" },
} as const satisfies Words;
