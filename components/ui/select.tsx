import { ChevronsUpDown } from "lucide-react";
import { useId } from "react";
import { cn } from "./cn.ts";
import { fieldStyle } from "./input.tsx";

export type SelectOption<Value extends string> = { readonly value: Value; readonly label: string };
export type SelectProps<Value extends string> = {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  readonly value: Value;
  readonly options: readonly SelectOption<Value>[];
  readonly onChange: (value: Value) => void;
};

/** One of a few. The browser's own list: known to every keyboard and screen reader. */
export function Select<Value extends string>({
  label,
  isLabelHidden = false,
  value,
  options,
  onChange,
}: SelectProps<Value>) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className={isLabelHidden ? "sr-only" : "text-xs font-medium text-muted-foreground"}>
        {label}
      </label>
      <div className="relative">
        <select
          id={id}
          value={value}
          onChange={(event) => {
            const chosen = options.find((option) => option.value === event.target.value);
            if (chosen !== undefined) onChange(chosen.value);
          }}
          className={cn(fieldStyle, "appearance-none pr-7")}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronsUpDown
          aria-hidden
          size={13}
          className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 text-subtle-foreground"
        />
      </div>
    </div>
  );
}
