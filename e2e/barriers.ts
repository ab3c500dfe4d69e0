import { expect, type Page } from '@playwright/test';
import axe from 'axe-core';

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
  await page.evaluate(axe.source);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const overflow = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow, `to scroll sideways for at ${width} pixels`).toBe(0);
    expect(await faults(page), `light, ${width} pixels`).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await faults(page, COLOUR_RULES), `dark, ${width} pixels`).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
  }
}

/** The rules that the page breaks, each with the first element that does. */
async function faults(page: Page, rules?: string[]): Promise<[rule: string, html: string][]> {
  const options: axe.RunOptions = {
    resultTypes: ['violations'],
    preload: false,
    ...(rules && { runOnly: rules }),
  };
  return page.evaluate(
    `axe.run(${JSON.stringify(options)})
      .then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))`,
  );
}
