;;; eglot.el --- drive coderoute-ls by eglot in batch  -*- lexical-binding: t -*-
;; Arguments: the set-up that is pasted, the file.
(require 'package)
(add-to-list 'package-directory-list "/usr/share/emacs/site-lisp/elpa")
(package-initialize)
(require 'eglot)
(require 'python)
(require 'cl-lib)
(setq make-backup-files nil create-lockfiles nil vc-handled-backends nil
      eglot-sync-connect 20 eglot-confirm-server-initiated-edits nil python-indent-guess-indent-offset nil)

(defun drive-wait (what found)
  (let ((end (+ (float-time) 40)) result)
    (while (and (not (setq result (funcall found))) (< (float-time) end))
      (accept-process-output nil 0.02))
    (or result (progn (princ (format "did not %s:\n%s" what (buffer-string))) (kill-emacs 1)))))

(defun drive-run (action)
  "Run the code action whose title starts with ACTION at point, as the menu would."
  (let* ((chosen (drive-wait (format "offer %s" action)  ; anew: the server may still be reading its settings
                             (lambda ()
                               (cl-find-if (lambda (a) (string-prefix-p action (plist-get a :title)))
                                           (eglot-code-actions (point) (point))))))
         (command (plist-get chosen :command)))
    (eglot-execute-command (eglot-current-server) (intern (plist-get command :command)) (plist-get command :arguments))))

(pcase-let ((`(,setup ,file) command-line-args-left))
  (load setup nil t)
  (find-file file)
  (python-mode)
  (apply #'eglot--connect (eglot--guess-contact))
  (eglot--maybe-activate-editing-mode)
  (drive-wait "become managed" (lambda () (bound-and-true-p eglot--managed-mode)))
  (goto-char (point-min))
  (drive-run "Refactor (swift")
  (drive-wait "hold the new text" (lambda () (string-match-p "net = sum" (buffer-string))))
  (princ (buffer-string))
  (set-buffer-modified-p nil)
  (eglot-shutdown (eglot-current-server) nil 5)
  (kill-emacs 0))
