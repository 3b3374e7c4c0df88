-- What the user is told: one line that fits, because anything longer makes Neovim wait for ENTER and swallow the next key.
local M = {}

--- The last message as a whole, for `:CodeRoute last`.
M.last = ''

local MORE = ' … [:CodeRoute last]'

--- Columns of the text itself that are worth showing.
local LEAST = 12

--- Says `text` on one line, then `how`, which is never cut off, but left out where there is no room for it. `whole` is kept.
function M.one_line(text, how, whole, level)
  M.last = whole
  local width = vim.fn.strdisplaywidth
  local line = vim.trim(text:gsub('%s+', ' '))
  local room, more = vim.v.echospace, ''
  if width(line) + width(how) > room then
    more = MORE
    if room - width(more .. how) < LEAST then
      how = ''
    end
    if room - width(more) < LEAST then
      more = ''
    end
  end
  while width(line) > math.max(room - width(more .. how), 0) do
    line = vim.fn.strcharpart(line, 0, vim.fn.strchars(line) - 1)
  end
  vim.notify(line .. more .. how, level)
end

return M
