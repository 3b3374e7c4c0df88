-- Edits under review: what they changed is marked until it is kept or rejected, as a whole or change by change. The server
-- decides, and says after each change of the text how each edit stands.
local server = require('coderoute.server')

local M = {}

local namespace = vim.api.nvim_create_namespace('coderoute.review')

--- What is under review, by job: the server's `review`, the `client` it came from, and its buffer (`bufnr`).
local held = {}
--- Buffers that Neovim's own diff compares with what they were: it marks the same lines, and ours would shift one side.
local compared = {}

--- Signs, each in Neovim's own colour for that.
local SIGNS = { ['+'] = 'Added', ['~'] = 'Changed', ['-'] = 'Removed' }

local function lines_of(text)
  local lines = vim.split(text:gsub('\r\n?', '\n'), '\n', { plain = true })
  if lines[#lines] == '' then
    table.remove(lines)
  end
  return lines
end

local function mark(bufnr, row, opts)
  vim.api.nvim_buf_set_extmark(bufnr, namespace, row, 0, opts)
end

--- The old lines, as they would stand above the new ones.
local function gone(hunk)
  return vim.tbl_map(function(line)
    return { { '- ' .. line, 'CodeRouteReviewOld' } }
  end, lines_of(hunk.old))
end

local function plural(count)
  return count == 1 and '1 change' or ('%d changes'):format(count)
end

--- Lines about all of an edit, with what can be done about it.
local function heading(review)
  if review.state == 'writing' then
    return { { { ('%s is being written  [:CodeRoute cancel]'):format(review.title), 'CodeRouteReviewHint' } } }
  end
  local left = review.total - review.kept - review.rejected
  local how = left == review.total and plural(left)
    or ('%d of %s left, %d kept, %d rejected'):format(left, plural(review.total), review.kept, review.rejected)
  local choices = vim.tbl_map(function(choice)
    return choice.choice == 'retry' and choice.title:gsub('^%a', string.lower) or choice.choice
  end, review.choices or {})
  return {
    { { ('%s: %s'):format(review.title, how), 'CodeRouteReviewHint' } },
    { { ('[:CodeRoute %s | diff]'):format(table.concat(choices, ' | ')), 'CodeRouteReviewHint' } },
  }
end

local function about(hunk, review)
  local changed = hunk.changed and ', changed since by you' or ''
  local text = ('change %d of %d%s  [:CodeRoute keep change | reject change]'):format(hunk.hunk + 1, review.total, changed)
  return { { text, 'CodeRouteReviewHint' } }
end

local function draw_hunk(bufnr, hunk, above)
  local count = vim.api.nvim_buf_line_count(bufnr)
  local first, last = math.min(hunk.first, count), math.min(hunk.last, count)
  for row = first, last - 1 do
    mark(bufnr, row, {
      line_hl_group = 'CodeRouteReviewNew',
      sign_text = hunk.changed and '~' or '+',
      sign_hl_group = SIGNS[hunk.changed and '~' or '+'],
      priority = 20,
    })
  end
  vim.list_extend(above, gone(hunk))
  if first == last and #above > 0 then
    mark(bufnr, math.min(first, count - 1), { sign_text = '-', sign_hl_group = SIGNS['-'], priority = 20 })
  end
  if #above > 0 then
    -- Behind the last line there is none that they could stand above. Above the first one there is no room on screen.
    local row = first < count and first > 0 and first or math.max(first - 1, 0)
    mark(bufnr, row, { virt_lines = above, virt_lines_above = first < count and first > 0, virt_lines_leftcol = false })
  end
end

local function draw(bufnr)
  if not vim.api.nvim_buf_is_loaded(bufnr) then
    return
  end
  vim.api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
  if compared[bufnr] then
    return
  end
  for _, one in pairs(held) do
    if one.bufnr == bufnr then
      local review = one.review
      for index, hunk in ipairs(review.hunks or {}) do
        local above = index == 1 and heading(review) or {}
        if review.state == 'open' and (review.total > 1 or hunk.changed) then
          above[#above + 1] = about(hunk, review)
        end
        draw_hunk(bufnr, hunk, above)
      end
    end
  end
end

--- Takes `coderoute/review`.
function M.told(review, client)
  local bufnr = vim.uri_to_bufnr(review.uri)
  held[review.job] = review.state ~= 'done' and { review = review, client = client, bufnr = bufnr } or nil
  draw(bufnr)
end

--- Those of this buffer in this state, the newest last.
local function here(state)
  local bufnr = vim.api.nvim_get_current_buf()
  local found = vim.tbl_filter(function(one)
    return one.bufnr == bufnr and (state == nil or one.review.state == state)
  end, vim.tbl_values(held))
  table.sort(found, function(one, other)
    return tonumber(one.review.job:match('%d+$')) < tonumber(other.review.job:match('%d+$'))
  end)
  return found
end

local function is_inside(review, row)
  local hunks = review.hunks or {}
  return #hunks > 0 and hunks[1].first - 1 <= row and row <= hunks[#hunks].last
end

--- The finished edit that the cursor is in; with `any`, else the newest of the buffer.
local function meant(any)
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  local open = here('open')
  for _, one in ipairs(open) do
    if is_inside(one.review, row) then
      return one.review
    end
  end
  return any and open[#open] and open[#open].review or nil
end

local function hunk_at_cursor(review)
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  for _, hunk in ipairs(review.hunks or {}) do
    local empty = hunk.first == hunk.last and (row == hunk.first or row == hunk.first - 1)
    if empty or (hunk.first <= row and row < hunk.last) then
      return hunk
    end
  end
end

--- Decides about the change at the cursor: `keep` or `reject`.
function M.decide(decision)
  local review = meant(false)
  local hunk = review and hunk_at_cursor(review)
  if not hunk then
    vim.notify('CodeRoute: no change under review at the cursor')
    return
  end
  local about_it = { job = review.job, hunk = hunk.hunk, decision = decision, force = false }
  server.execute('coderoute.decideHunk', about_it, function(answer)
    if answer.done then
      return
    end
    vim.ui.select({ 'Reject with my changes', 'Leave it' }, { prompt = answer.message }, function(_, index)
      if index == 1 then
        about_it.force = true
        server.execute('coderoute.decideHunk', about_it)
      end
    end)
  end)
end

--- The job of the edit that is meant here, or nil where none is under review.
function M.job()
  local review = meant(true)
  return review and review.job
end

--- Whether the user sees in this buffer what the job wrote.
function M.is_shown(job)
  local one = held[job]
  return one ~= nil and one.review.state == 'open' and vim.fn.bufwinid(one.bufnr) ~= -1
end

--- Brings the cursor to the next change (1) or the previous one (-1), around the ends. False where there is none.
function M.go(step)
  local rows = {}
  for _, one in ipairs(here()) do
    for _, hunk in ipairs(one.review.hunks or {}) do
      rows[#rows + 1] = math.min(hunk.first + 1, vim.api.nvim_buf_line_count(0))
    end
  end
  if #rows == 0 then
    return false
  end
  table.sort(rows)
  local row = vim.api.nvim_win_get_cursor(0)[1]
  local target = step > 0 and rows[1] or rows[#rows]
  for _, each in ipairs(rows) do
    if step > 0 and each > row then
      target = each
      break
    elseif step < 0 and each < row then
      target = each
    end
  end
  if step < 0 and rows[1] >= row then
    target = rows[#rows]
  end
  vim.cmd("normal! m'")
  vim.api.nvim_win_set_cursor(0, { target, 0 })
  return true
end

--- Shows the text without the edit beside the buffer, as Neovim's own diff.
function M.diff()
  local review = meant(true)
  if not review then
    vim.notify('CodeRoute: no edit under review in this buffer')
    return
  end
  if compared[vim.api.nvim_get_current_buf()] then
    vim.notify('CodeRoute: the edit is compared already')
    return
  end
  server.execute('coderoute.beforeEdit', { job = review.job }, function(before)
    local filetype, window, edited = vim.bo.filetype, vim.api.nvim_get_current_win(), vim.api.nvim_get_current_buf()
    vim.cmd('leftabove vertical new')
    local bufnr = vim.api.nvim_get_current_buf()
    vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines_of(before.text))
    vim.bo[bufnr].buftype, vim.bo[bufnr].bufhidden, vim.bo[bufnr].swapfile = 'nofile', 'wipe', false
    vim.bo[bufnr].filetype, vim.bo[bufnr].modifiable = filetype, false
    vim.api.nvim_buf_set_name(bufnr, ('coderoute://before/%s'):format(review.job))
    vim.cmd.diffthis()
    vim.api.nvim_create_autocmd('BufWipeout', {
      buffer = bufnr,
      callback = function()
        compared[edited] = nil
        draw(edited)
        if vim.api.nvim_win_is_valid(window) then
          vim.api.nvim_win_call(window, vim.cmd.diffoff)
        end
      end,
    })
    vim.api.nvim_set_current_win(window)
    vim.cmd.diffthis()
    compared[edited] = true
    draw(edited)
  end)
end

--- Cancels what is being written in this buffer, else takes back the finished edit that the cursor is in. False where there is
--- neither.
function M.escape()
  local writing = here('writing')
  local running = writing[#writing]
  if running then
    running.client:notify('window/workDoneProgress/cancel', { token = running.review.job })
    return true
  end
  local review = meant(false)
  if review then
    vim.schedule(function()
      server.execute('coderoute.choose', { job = review.job, choice = 'undo' })
    end)
  end
  return review ~= nil
end

return M
