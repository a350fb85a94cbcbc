//! Which tables take the place of keys.

use serde::{Deserialize, Serialize};

/// CSV files (columns in `docs/scenarios.md`), relative to `folder`, itself relative to the scenario.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Csv {
    /// Folder of the tables.
    pub folder: String,
    /// `pop,name,lat,lon,population`; replaces `[[place]]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<String>,
    /// `a,b,km,one_way_ms` between rows of `places`; replaces `[[link]]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<String>,
    /// `home,pop,residents,isp,tech,down_mbps,down_peak_mbps,up_mbps,rtt_ms,loss_pct`, one row a
    /// home, drawn with replacement; an optional column `weight`; replaces `[line]`, `isp.lines`,
    /// `isp.market_share` and `isp.evening_factor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homes: Option<String>,
    /// `day,slot10min,p_household_active,p_household_watching_tv`; the weekday rows replace
    /// `at_home.present`, `demand.starts` and, with `demand.service_share`,
    /// `demand.sessions_per_home_day`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demand: Option<String>,
    /// `title_id,kind,views,runtime_min,hours_viewed`; replaces `popularity` and `runtime` of `[catalogue]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub titles: Option<String>,
    /// `segment,rung,kbps_nominal,bytes`; replaces ladder and sizes of `[video]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<String>,
    /// `session,duration_s,chunks`; replaces `demand.length`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watching: Option<String>,
    /// `node,start_s,end_s`; its on and off times replace `[box]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub box_on: Option<String>,
    /// `start_s,length_s,title`, one row a viewing, and perhaps `home,isp,place,line,device,upload`;
    /// replaces `[at_home]`, `[demand]` and `run.homes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<String>,
}
