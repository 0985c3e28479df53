package stele_test

import (
	"io"

	"stele.dev/stele"
)

// What has to be closed is an io.Closer.
var _ = []io.Closer{
	(*stele.DB)(nil), (*stele.Batch)(nil), (*stele.Events)(nil), (*stele.Terms)(nil),
	(*stele.Ticket)(nil), (*stele.Subscription)(nil), (*stele.Verify)(nil), (*stele.Backup)(nil),
	(*stele.Compact)(nil), (*stele.Repair)(nil), (*stele.Table)(nil), (*stele.Scan)(nil),
	(*stele.Projection)(nil),
}
