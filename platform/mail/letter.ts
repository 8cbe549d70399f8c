import { html, sourceOf, type Html } from '#platform/html'
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
    ...paragraphs.map((paragraph) => html`<p>${paragraph}</p>`),
    ...(code ? [html`<p style="font-size:28px;letter-spacing:6px;font-weight:600">${code}</p>`] : []),
    ...(link ? [html`<p><a href="${link.url}" style="${button}">${link.label}</a></p>`] : []),
    ...(link ? [html`<p style="${small}">${link.url}</p>`] : []),
    html`<p style="${small}">${footer}</p>`,
  ]
  return { to, subject, text: `${text.join('\n\n')}\n`, html: pageOf({ locale, subject, blocks }) }
}

const button =
  'display:inline-block;padding:12px 20px;border-radius:999px;background:#2f5d3f;color:#fffdf9;text-decoration:none;font-weight:600'
const small = 'font-size:13px;color:#5b625a;word-break:break-all'

type Page = Readonly<{ locale: Locale; subject: string; blocks: readonly Html[] }>

const pageOf = ({ locale, subject, blocks }: Page): string =>
  sourceOf(
    html`<!doctype html>
      <html lang="${locale}">
        <head>
          <meta charset="utf-8" />
          <title>${subject}</title>
        </head>
        <body style="margin:0;padding:24px;background:#fbf8f1;color:#232a25;font:16px/1.5 system-ui,sans-serif">
          <div style="max-width:480px;margin:0 auto;padding:24px;border-radius:16px;background:#fffdf9">
            ${blocks.map((block) => html`${block} `)}
          </div>
        </body>
      </html> `,
  )
