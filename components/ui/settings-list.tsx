/** Configuration as it is, one line a value; nested keys are joined by dots. */
export function SettingsList({ settings }: { readonly settings: Readonly<Record<string, unknown>> }) {
  return (
    <dl className="grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] gap-x-6 gap-y-1">
      {flatten(settings).map(([key, value]) => (
        <div key={key} className="contents">
          <dt className="font-mono text-xs break-all text-muted-foreground">{key}</dt>
          <dd className="font-mono text-xs break-all">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function flatten(value: Readonly<Record<string, unknown>>, path = ""): [key: string, value: string][] {
  return Object.entries(value).flatMap(([key, inner]): [string, string][] => {
    const full = path === "" ? key : `${path}.${key}`;
    if (typeof inner === "object" && inner !== null && !Array.isArray(inner)) return flatten({ ...inner }, full);
    return [[full, typeof inner === "string" ? inner : JSON.stringify(inner)]];
  });
}
