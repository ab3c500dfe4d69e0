/** Lua scripts run as one command: nothing comes between their lines. Each has one key, so any node of a cluster will do. */

/** Compare-and-swap. Arguments: what the stored text must begin with, the new text, TTL in ms. Says 1 when it did. */
export const REPLACE = `
local stored = redis.call('GET', KEYS[1])
if not stored or string.sub(stored, 1, #ARGV[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/**
 * Deletes what begins with the first argument (anything begins with '') and returns it. With a second argument of '1'
 * it writes in any case: a WAIT after it then speaks of an earlier deletion, too, that was not confirmed at its time.
 */
export const DELETE = `
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'none' and ARGV[2] == '1' then
  redis.call('SET', KEYS[1], '', 'PX', 1)
  redis.call('DEL', KEYS[1])
end
if kind ~= 'string' then return redis.call('DEL', KEYS[1]) == 1 and '' or false end
local stored = redis.call('GET', KEYS[1])
if string.sub(stored, 1, #ARGV[1]) ~= ARGV[1] then return false end
redis.call('DEL', KEYS[1])
return stored`;

/** Adds a key to an owner's index, which lives as long as its longest session. Arguments: now, deadline, key. */
export const INDEX = `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
return redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', tonumber(last[2])))`;
