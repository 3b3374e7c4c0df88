-- A source for nvim-cmp: `require('cmp').register_source('coderoute', require('coderoute.sources.cmp').new())`, and
-- `{ name = 'coderoute' }` among its sources. Its interface: `:help cmp-develop`.
local items = require('coderoute.sources.items')

local Source = {}
Source.__index = Source

function Source.new()
  return setmetatable({}, Source)
end

function Source:is_available()
  return require('coderoute.server').client() ~= nil
end

function Source:get_debug_name()
  return 'coderoute'
end

function Source:get_position_encoding_kind()
  return 'utf-8'
end

function Source:get_trigger_characters()
  return { '.', '(', ' ', '=', ',', ':' }
end

function Source:complete(params, callback)
  if self.cancel then
    self.cancel()
  end
  local invoked = params.context and params.context.option and params.context.option.reason == 'manual'
  self.cancel = items.request(vim.api.nvim_get_current_buf(), invoked, function(found)
    callback({ items = found, isIncomplete = true })
  end)
end

function Source:execute(item, callback)
  items.accepted(item)
  callback(item)
end

return Source
