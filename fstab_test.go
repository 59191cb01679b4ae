package main

import (
	"strings"
	"testing"
)

func TestFstab(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ program, args, want string }{
		{"/sbin/mount.sayrud", "blog /srv/blog", "mount --background --project blog /srv/blog"},
		{"mount.sayrud", "all /srv/all -n -o rw,data=/var/lib/sayrud,allow_other,nofail,x-systemd.requires=a", "mount --background --data /var/lib/sayrud --allow-other /srv/all"},
		{"mount.sayrud", "blog /srv -o ro,umask=022,uid=7 -t sayrud", "mount --background --project blog --read-only --umask 022 --uid 7 /srv"},
		{"mount.sayrud", "blog", ""},
		{"mount.sayrud", "blog /srv -o colour=red", ""},
		{"sayrud", "serve --http x", "serve --http x"},
	} {
		got, err := forFstab(tt.program, strings.Fields(tt.args))
		if strings.Join(got, " ") != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s %s becomes %q (%v), want %q", tt.program, tt.args, got, err, tt.want)
		}
	}
}
