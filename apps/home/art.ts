import { createHash } from 'node:crypto'

/** Draws a product that has no photograph; the same product always gets the same drawing. */
export function drawProduct({ type, slug }: { type: string; slug: string }): string {
  const [hue = 0, turn = 0, count = 0] = createHash('sha256').update(slug).digest()
  const shade = { hue: Math.round((hue / 255) * 360), turn: (turn / 255) * 60, petals: 5 + (count % 4) }
  const draw = drawings[type] ?? drawings['gift']
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" role="img" aria-hidden="true">${background(shade)}${draw?.(shade) ?? ''}</svg>`
}

type Shade = Readonly<{ hue: number; turn: number; petals: number }>

const background = ({ hue }: Shade) => `<rect width="120" height="120" rx="14" fill="hsl(${hue} 38% 90%)"/>`

const drawings: Readonly<Record<string, (shade: Shade) => string>> = {
  tea: ({ hue }) =>
    `<path d="M30 52h54v18a24 24 0 0 1-24 24h-6a24 24 0 0 1-24-24z" fill="hsl(${hue} 45% 42%)"/>
     <path d="M84 57h6a9 9 0 0 1 0 18h-8" fill="none" stroke="hsl(${hue} 45% 42%)" stroke-width="5"/>
     <ellipse cx="57" cy="52" rx="27" ry="6" fill="hsl(${(hue + 25) % 360} 60% 62%)"/>
     <path d="M45 40c-5-8 5-11 0-19M58 38c-5-8 5-11 0-19M71 40c-5-8 5-11 0-19" fill="none" stroke="hsl(${hue} 25% 60%)" stroke-width="3" stroke-linecap="round"/>`,
  flower: (shade) => `<path d="M60 62v44" stroke="hsl(130 35% 40%)" stroke-width="5" stroke-linecap="round"/>
     <path d="M60 92c14-2 20-10 20-18-14 0-20 8-20 18" fill="hsl(130 35% 48%)"/>${bloom(shade, { x: 60, y: 46, size: 17 })}`,
  bouquet: (shade) =>
    `<path d="M38 66h44l-14 42H52z" fill="hsl(${(shade.hue + 180) % 360} 30% 72%)"/>
     ${bloom(shade, { x: 42, y: 50, size: 11 })}${bloom({ ...shade, hue: (shade.hue + 40) % 360 }, { x: 60, y: 38, size: 13 })}
     ${bloom({ ...shade, hue: (shade.hue + 320) % 360 }, { x: 78, y: 50, size: 11 })}`,
  ware: ({ hue }) =>
    `<path d="M34 58h46v16a20 20 0 0 1-20 20h-6a20 20 0 0 1-20-20z" fill="hsl(${hue} 30% 45%)"/><path d="M80 64c10-8 10-18 18-18" fill="none" stroke="hsl(${hue} 30% 45%)" stroke-width="7" stroke-linecap="round"/>
     <path d="M34 62c-16-2-16 22 2 22" fill="none" stroke="hsl(${hue} 30% 45%)" stroke-width="5"/><rect x="38" y="50" width="38" height="8" rx="4" fill="hsl(${hue} 30% 36%)"/><circle cx="57" cy="46" r="5" fill="hsl(${hue} 30% 36%)"/>`,
  gift: ({ hue }) =>
    `<rect x="28" y="50" width="64" height="46" rx="5" fill="hsl(${hue} 45% 55%)"/><rect x="24" y="42" width="72" height="14" rx="4" fill="hsl(${hue} 45% 45%)"/>
     <path d="M60 42v54M60 42c-22-4-18-24-4-16 5 4 4 16 4 16s-1-12 4-16c14-8 18 12-4 16" fill="none" stroke="hsl(${(hue + 40) % 360} 70% 88%)" stroke-width="5"/>`,
}

function bloom({ hue, turn, petals }: Shade, { x, y, size }: { x: number; y: number; size: number }): string {
  const around = Array.from({ length: petals }, (_, petal) => {
    const angle = turn + (petal * 360) / petals
    return `<ellipse cx="${x}" cy="${y - size}" rx="${size * 0.62}" ry="${size}" fill="hsl(${hue} 62% 62%)" opacity=".88" transform="rotate(${angle.toFixed(0)} ${x} ${y})"/>`
  })
  return `${around.join('')}<circle cx="${x}" cy="${y}" r="${size * 0.5}" fill="hsl(45 80% 60%)"/>`
}
