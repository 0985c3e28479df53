// Commands of subscriptions and their tokens.
using System;
using System.Collections.Generic;

namespace Stele.Scenarios
{
    internal static class SubscriptionCommands
    {
        public static void AddTo(Player player)
        {
            Things things = player.Things;
            player.Add("subscribe", fields => Subscribe(things, fields));
            player.Add("pull", fields => Pull(things.Subscription(fields), fields.Number()));
            player.Add("token", fields =>
            {
                byte[] token = things.Subscription(fields).Token();
                things.Keep(fields.Name(), token);
                return Output.Ok("x:" + Output.Hex(token));
            });
            player.Add("unsubscribe", fields =>
            {
                things.Subscription(fields).Dispose();
                return Output.Ok();
            });
        }

        private static string Subscribe(Things things, Fields fields)
        {
            SteleDb db = things.Db(fields);
            string name = fields.Name();
            SubscribeOptions options = new SubscribeOptions();
            while (!fields.AtEnd && !fields.Take("query"))
            {
                if (fields.Take("after")) options.After = fields.Number();
                else if (fields.Take("token")) options.Token = things.Token(fields);
                else if (fields.Take("new")) options.NewOnly = true;
                else throw new NonsenseException("no option of a subscription: " + fields.Name());
            }
            things.Make(name, () => db.Subscribe(fields.Query(), options));
            return Output.Ok();
        }

        private static IEnumerable<string> Pull(Subscription subscription, long max)
        {
            int count = 0;
            while (subscription.Next(TimeSpan.Zero))
            {
                if (++count > max) throw new NonsenseException("there are more than " + max + " events");
                yield return Output.Line("event", Output.Values(subscription.Event));
            }
            yield return count > 0
                ? Output.Ok(subscription.Through, subscription.Head)
                : Output.Name(Status.Timeout);
        }
    }
}
