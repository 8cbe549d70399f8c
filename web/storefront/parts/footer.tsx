import type { VNode } from 'preact'
import { useShop } from '../shop.ts'

/** Contacts, sections and the terms of delivery. */
export function Footer(): VNode {
  const { categories, facts, href, texts } = useShop()
  const { name, address } = facts
  return (
    <footer class="footer">
      <div class="wrap footer-columns">
        <section>
          <h2>{name}</h2>
          {address && <p>{address}</p>}
          <Contacts />
        </section>
        <section>
          <h2>{texts.footer.shop}</h2>
          <ul>
            {categories
              .filter(({ parent_id }) => parent_id === null)
              .map(({ id, slug, name }) => (
                <li key={id}>
                  <a href={href(`/catalog/${slug}`)}>{name}</a>
                </li>
              ))}
          </ul>
        </section>
        <section>
          <h2>{texts.footer.delivery}</h2>
          <p>{facts.takesCash ? texts.footer.deliveryText : texts.footer.deliveryTextOnline}</p>
          <p>
            <a href={href('/faq')}>{texts.faq.title}</a>
          </p>
          <p>
            <a href="/api/docs" data-document rel="nofollow">
              {texts.footer.forDevelopers}
            </a>
          </p>
        </section>
      </div>
    </footer>
  )
}

/** The ways to reach the shop. */
export function Contacts(): VNode {
  const { phone, email, telegram } = useShop().facts
  return (
    <p class="contacts">
      {phone && <a href={`tel:${phone.replaceAll(/[^+\d]/g, '')}`}>{phone}</a>}
      {email && <a href={`mailto:${email}`}>{email}</a>}
      {telegram && <a href={`https://t.me/${telegram}`}>Telegram</a>}
    </p>
  )
}
