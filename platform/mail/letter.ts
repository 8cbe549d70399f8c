import type { Locale } from '#platform/values'
import type { Mail } from './mail.ts'

/** An e-mail to one person. It is rendered as plain text and as simple HTML with the same words. */
export type Letter = Readonly<{
  to: string
  locale: Locale
  subject: string
  paragraphs: readonly string[]
  /** A link to one page, shown as a button. */
  link?: Readonly<{ label: string; url: string }>
  /** A short code to type in, shown in large letters. */
  code?: string
  /** The last lines, in small letters. */
  footer: string
}>

/** Renders an e-mail. Every text is escaped: names come from customers. */
export function mailOf({ to, locale, subject, paragraphs, link, code, footer }: Letter): Mail {
  const text = [...paragraphs, ...(code ? [code] : []), ...(link ? [`${link.label}:\n${link.url}`] : []), footer]
  const blocks = [
    ...paragraphs.map((paragraph) => `<p>${escaped(paragraph)}</p>`),
    ...(code ? [`<p style="font-size:28px;letter-spacing:6px;font-weight:600">${escaped(code)}</p>`] : []),
    ...(link ? [`<p><a href="${escaped(link.url)}" style="${button}">${escaped(link.label)}</a></p>`] : []),
    ...(link ? [`<p style="${small}">${escaped(link.url)}</p>`] : []),
    `<p style="${small}">${escaped(footer)}</p>`,
  ]
  return { to, subject, text: `${text.join('\n\n')}\n`, html: pageOf({ locale, subject, blocks }) }
}

const button =
  'display:inline-block;padding:12px 20px;border-radius:10px;background:#2f6b4f;color:#ffffff;text-decoration:none;font-weight:600'
const small = 'font-size:13px;color:#5d6a63;word-break:break-all'

type Page = Readonly<{ locale: Locale; subject: string; blocks: readonly string[] }>

const pageOf = ({ locale, subject, blocks }: Page): string => `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>
<body style="margin:0;padding:24px;background:#eef2ea;color:#1d2a24;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:480px;margin:0 auto;padding:24px;border-radius:16px;background:#fffdf8">
${blocks.join('\n')}
</div></body></html>
`

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign)
