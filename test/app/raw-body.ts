/** Posts a body as it is, and asks for data. */
export async function postBody(
  url: string,
  body: string,
  type = 'application/x-www-form-urlencoded',
): Promise<Response> {
  const headers = { 'content-type': type, accept: 'application/json' };
  return fetch(url, { method: 'POST', body, headers, redirect: 'manual' });
}

/** The fields that an answer says are wrong. */
export async function wrongFields(response: Response): Promise<string[]> {
  const { mistakes } = (await response.json()) as { mistakes: { field: string }[] };
  return mistakes.map(({ field }) => field);
}
