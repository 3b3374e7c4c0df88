-- What the user is told: one line that fits, because anything longer makes Neovim wait for ENTER and swallow the next key.
local M = {}

--- The last message as a whole, for `:CodeRoute last`.
M.last = ''

local MORE = ' … [:CodeRoute last]'

--- Says `text` on one line, then `how`, which is never cut off. `whole` is kept.
function M.one_line(text, how, whole, level)
  M.last = whole
  local line = vim.trim(text:gsub('%s+', ' '))
  local room = vim.v.echospace - vim.fn.strdisplaywidth(how)
  if vim.fn.strdisplaywidth(line) > room then
    local short = room - vim.fn.strdisplaywidth(MORE)
    while vim.fn.strdisplaywidth(line) > math.max(short, 0) do
      line = vim.fn.strcharpart(line, 0, vim.fn.strchars(line) - 1)
    end
    line = line .. MORE
  end
  vim.notify(line .. how, level)
end

return M
