import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** The narrowest that WCAG 2.2 asks for (1.4.10), and a desk. In CSS pixels. */
const WIDTHS = [320, 1280];

/** All that axe tells by colours: the rest of its rules are the same in both schemes. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/**
 * Expects a page that everybody can use, in both colour schemes, wide and narrow: nothing that axe finds fault with, and
 * nothing to scroll sideways for.
 */
export async function expectNoBarrier(page: Page): Promise<void> {
  // Colours on their way from one scheme to the other are none of the page's.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const overflow = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow, `to scroll sideways for at ${width} pixels`).toBe(0);
    await expectNoViolation(axe(page), `light, ${width} pixels`);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectNoViolation(axe(page).withRules(COLOUR_RULES), `dark, ${width} pixels`);
    await page.emulateMedia({ colorScheme: 'light' });
  }
}

/** Without what takes time and tells nothing here: what is well, and a page of its own for frames, which the site has none of. */
function axe(page: Page): AxeBuilder {
  return new AxeBuilder({ page })
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'], preload: false });
}

async function expectNoViolation(builder: AxeBuilder, look: string): Promise<void> {
  const { violations } = await builder.analyze();
  expect(
    violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
    look,
  ).toEqual([]);
}
