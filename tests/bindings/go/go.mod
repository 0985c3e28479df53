module stele.dev/stele/tests/bindings/go

go 1.19

require stele.dev/stele v0.0.0

replace stele.dev/stele => ../../../bindings/go
