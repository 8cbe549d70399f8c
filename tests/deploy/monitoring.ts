import { parse } from 'yaml'
import { readDeploy } from './compose.ts'

/** An alert of Prometheus. */
export type Alert = Readonly<{
  alert: string
  expr: string
  for?: string
  labels: Readonly<{ severity: string }>
  annotations: Readonly<{ summary: string }>
}>

export const readAlerts = (): readonly Alert[] =>
  (parse(readDeploy('monitoring/alerts.yml')) as { groups: readonly { rules: readonly Alert[] }[] }).groups.flatMap(
    ({ rules }) => rules,
  )

type Panel = Readonly<{ id: number; title: string; type: string; targets?: readonly Readonly<{ expr: string }>[] }>

/** The panels of the dashboard that show something. */
export const readPanels = (): readonly Panel[] =>
  (JSON.parse(readDeploy('monitoring/grafana/dashboards/posad.json')) as { panels: readonly Panel[] }).panels.filter(
    ({ type }) => type !== 'row',
  )

/** Every expression of the alerts and the dashboard, and where it stands. */
export const readExpressions = (): readonly (readonly [place: string, expression: string])[] => [
  ...readAlerts().map(({ alert, expr }) => [alert, expr] as const),
  ...readPanels().flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
]
