package main

import (
	"context"
	"fmt"

	"stele.dev/stele"
)

// Commands of subscriptions and their tokens.
func init() {
	add(map[string]func(p *player, w *words){
		"subscribe":   playSubscribe,
		"pull":        playPull,
		"token":       playToken,
		"unsubscribe": playUnsubscribe,
	})
}

func playSubscribe(p *player, w *words) {
	db, name := p.db(w), w.name()
	var options []stele.SubscribeOption
	for w.more() && !w.word("query") {
		switch option := w.name(); option {
		case "after":
			options = append(options, stele.After(w.count()))
		case "token":
			options = append(options, stele.Resume(known(p.tokens, w.name())))
		case "new":
			options = append(options, stele.OnlyNew())
		default:
			panic(nonsense("no option of a subscription: " + option))
		}
	}
	subscription, err := db.Subscribe(context.Background(), w.query(), options...)
	keep(p.subscriptions, name, subscription, p.closed.subscription, err)
	p.status(err)
}

func playPull(p *player, w *words) {
	s, max := known(p.subscriptions, w.name()), w.count()
	count := uint64(0)
	for ; s.TryNext(); count++ {
		if count == max {
			panic(nonsense("there are more events than the scenario says"))
		}
		fmt.Fprint(p.out, "event")
		p.fields(s.Event())
		fmt.Fprintln(p.out)
	}
	if !p.succeeded(s.Err()) {
		return
	}
	if count == 0 {
		fmt.Fprintln(p.out, stele.StatusTimeout.String())
	} else {
		p.answer(nil, s.Through(), s.Head())
	}
}

func playToken(p *player, w *words) {
	s, name := known(p.subscriptions, w.name()), w.name()
	token, err := s.Token()
	p.tokens[name] = token
	p.answer(err, "x:"+token.String())
}

func playUnsubscribe(p *player, w *words) {
	p.status(known(p.subscriptions, w.name()).Close())
}
