import type { VNode } from 'preact'

type Option = Readonly<{ code: string; name: string; hint: string | undefined }>
type ChoiceProps = Readonly<{
  legend: string
  name: string
  value: string
  options: readonly Option[]
  choose: (code: string) => void
}>

/** One of several options, each with a hint. */
export const Choice = ({ legend, name, value, options, choose }: ChoiceProps): VNode => (
  <fieldset class={`choice ${name}s`}>
    <legend>{legend}</legend>
    {options.map(({ code, name: label, hint }) => (
      <label key={code}>
        <input type="radio" name={name} value={code} checked={code === value} onChange={() => choose(code)} />
        <span>
          <b>{label}</b>
          {hint !== undefined && <small>{hint}</small>}
        </span>
      </label>
    ))}
  </fieldset>
)
