#!lua name=server_events_1

-- Emits an event once, however often and by however many servers it is asked for.
-- An administrator loads it, or a server does that may (FUNCTION LOAD). It runs with the rights of
-- the user that calls it. What changes it gets another number, so that servers of two versions
-- can use one Redis.
--
-- keys: where the outcome is noted, where the event is retained
-- args: PUBLISH or SPUBLISH, the channel, the payload, for how many ms it is retained (0: it is
--       not), a hash of what is emitted, for how many ms the outcome is noted
-- Returns the outcome of the first call, "<hash> <receivers>".
redis.register_function('server_events_emit_once_1', function(keys, args)
  local outcome_key, retained_key = keys[1], keys[2]
  local publish, channel, payload, retain, hash, noted = unpack(args)
  local first = redis.call('GET', outcome_key)
  if first then
    return first
  end
  -- First, since this is what a user may not be allowed to do: nothing is left behind then.
  local outcome = hash .. ' ' .. redis.call(publish, channel, payload)
  if retain ~= '0' then
    redis.call('SET', retained_key, payload, 'PX', retain)
  end
  redis.call('SET', outcome_key, outcome, 'PX', noted)
  return outcome
end)
