-- A source for blink.cmp: `providers = { coderoute = { name = 'CodeRoute', module = 'coderoute.sources.blink', async = true } }`.
-- Its interface: https://cmp.saghen.dev/development/source-boilerplate
local items = require('coderoute.sources.items')

local Source = {}
Source.__index = Source

function Source.new()
  return setmetatable({}, Source)
end

function Source:enabled()
  return require('coderoute.server').client() ~= nil
end

function Source:get_trigger_characters()
  return { '.', '(', ' ', '=', ',', ':' }
end

function Source:get_completions(context, callback)
  local invoked = context.trigger and context.trigger.initial_kind == 'manual'
  return items.request(context.bufnr or vim.api.nvim_get_current_buf(), invoked, function(found)
    callback({ items = found, is_incomplete_forward = true, is_incomplete_backward = true })
  end)
end

function Source:execute(context, item, callback, default)
  if default then
    default()
  end
  items.accepted(item, context.bufnr)
  callback()
end

return Source
